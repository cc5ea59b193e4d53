// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/tensor_files.h"

#include "runtime/base/text.h"

namespace tconv {

namespace {

Error about(const std::string &argument, const Error &error) {
    return {error.code, argument + " = " + error.message};  // what read_npy() says begins with the path
}

}  // namespace

int64_t TensorFile::bytes() const {
    int64_t bytes = element_bytes(info.type);
    for (int64_t extent : info.shape) {
        bytes *= extent;
    }
    return bytes;
}

Expected<TensorFile> inspect_tensor(const std::string &argument, const std::string &path) {
    const Expected<NpyInfo> info = read_npy_info(path);
    if (!info) {
        return about(argument, info.error());
    }
    return TensorFile{argument, path, *info};
}

Expected<Array> read_tensor(const TensorFile &file) {
    Expected<Array> array = read_npy(file.path);
    if (!array) {
        return about(file.argument, array.error());
    }
    if (array->shape != file.info.shape) {
        return invalid_argument(file.argument, printable(file.path), "must not change while it is read");
    }
    return array;
}

}  // namespace tconv
