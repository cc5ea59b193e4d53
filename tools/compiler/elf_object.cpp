// SPDX-License-Identifier: Apache-2.0
#include "tools/compiler/elf_object.h"

#include <elf.h>

#include <cstring>

namespace tconv {

namespace {

constexpr uint64_t kDataAlignment = 64;

template<typename T>
void append(std::string &out, const T &value) {
    out.append(reinterpret_cast<const char *>(&value), sizeof(value));
}

void align(std::string &out, uint64_t alignment) { out.resize((out.size() + alignment - 1) / alignment * alignment); }

enum SectionIndex : uint16_t { kNull, kText, kRodata, kRela, kSymtab, kStrtab, kShstrtab, kNote, kSections };

// Names of sections or symbols, each with its offset.
class StringTable {
public:
    StringTable() : text_(1, '\0') {}
    uint32_t add(const std::string &name) {
        const auto offset = static_cast<uint32_t>(text_.size());
        text_ += name + '\0';
        return offset;
    }
    const std::string &text() const { return text_; }

private:
    std::string text_;
};

class ElfWriter {
public:
    explicit ElfWriter(Elf64_Half machine) : out_(sizeof(Elf64_Ehdr), '\0'), machine_(machine) {}

    void section(SectionIndex index, const std::string &name, uint32_t type, uint64_t flags, uint64_t alignment,
                 const char *data, size_t size, uint32_t link = 0, uint32_t info = 0, uint64_t entry_size = 0) {
        align(out_, alignment);
        Elf64_Shdr &header = headers_[index];
        header.sh_name = names_.add(name);
        header.sh_type = type;
        header.sh_flags = flags;
        header.sh_offset = out_.size();
        header.sh_size = size;
        header.sh_link = link;
        header.sh_info = info;
        header.sh_addralign = alignment;
        header.sh_entsize = entry_size;
        out_.append(data, size);
    }

    std::string finish() {
        // The table of section names names itself: its own name goes in before its bytes are taken.
        const uint32_t own_name = names_.add(".shstrtab");
        const std::string names = names_.text();
        section(kShstrtab, "", SHT_STRTAB, 0, 1, names.data(), names.size());
        headers_[kShstrtab].sh_name = own_name;
        align(out_, 8);
        Elf64_Ehdr header = {};
        std::memcpy(header.e_ident, ELFMAG, SELFMAG);
        header.e_ident[EI_CLASS] = ELFCLASS64;
        header.e_ident[EI_DATA] = ELFDATA2LSB;
        header.e_ident[EI_VERSION] = EV_CURRENT;
        header.e_type = ET_REL;
        header.e_machine = machine_;
        header.e_version = EV_CURRENT;
        header.e_shoff = out_.size();
        header.e_ehsize = sizeof(Elf64_Ehdr);
        header.e_shentsize = sizeof(Elf64_Shdr);
        header.e_shnum = kSections;
        header.e_shstrndx = kShstrtab;
        std::memcpy(out_.data(), &header, sizeof(header));
        out_.append(reinterpret_cast<const char *>(headers_), sizeof(headers_));
        return std::move(out_);
    }

private:
    std::string out_;
    Elf64_Half machine_;
    StringTable names_;
    Elf64_Shdr headers_[kSections] = {};
};

}  // namespace

bool writes_elf_for(const Halide::Target &target) {
    const bool elf =
        target.os == Halide::Target::Linux || target.os == Halide::Target::Android || target.os == Halide::Target::NoOS;
    return elf && target.bits == 64 && (target.arch == Halide::Target::X86 || target.arch == Halide::Target::ARM);
}

std::string elf_object(const ElfFunction &function, const Halide::Target &target) {
    StringTable symbol_names;
    Elf64_Sym symbols[3] = {};
    symbols[1].st_info = ELF64_ST_INFO(STB_LOCAL, STT_SECTION);
    symbols[1].st_shndx = kRodata;
    symbols[2].st_name = symbol_names.add(function.name);
    symbols[2].st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC);
    symbols[2].st_other = function.hidden ? STV_HIDDEN : STV_DEFAULT;
    symbols[2].st_shndx = kText;
    symbols[2].st_size = function.code.size();
    constexpr uint32_t first_global = 2;

    std::string relocations;
    for (const auto &fixup : function.fixups) {
        append(relocations, Elf64_Rela{fixup.offset, ELF64_R_INFO(1, fixup.type), fixup.addend});
    }
    ElfWriter elf(target.arch == Halide::Target::X86 ? EM_X86_64 : EM_AARCH64);
    elf.section(kText, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 16, function.code.data(),
                function.code.size());
    elf.section(kRodata, ".rodata", SHT_PROGBITS, SHF_ALLOC, kDataAlignment, function.rodata, function.rodata_bytes);
    elf.section(kRela, ".rela.text", SHT_RELA, SHF_INFO_LINK, 8, relocations.data(), relocations.size(), kSymtab, kText,
                sizeof(Elf64_Rela));
    elf.section(kSymtab, ".symtab", SHT_SYMTAB, 0, 8, reinterpret_cast<const char *>(symbols), sizeof(symbols), kStrtab,
                first_global, sizeof(Elf64_Sym));
    const std::string &names = symbol_names.text();
    elf.section(kStrtab, ".strtab", SHT_STRTAB, 0, 1, names.data(), names.size());
    elf.section(kNote, ".note.GNU-stack", SHT_PROGBITS, 0, 1, "", 0);
    return elf.finish();
}

}  // namespace tconv
