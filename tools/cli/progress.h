// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tconv {

// What long work is doing now: one line on stderr that overwrites itself. Silent where stderr is no terminal.
class Progress {
public:
    Progress();
    ~Progress();
    Progress(const Progress &) = delete;
    Progress &operator=(const Progress &) = delete;

    void show(const std::string &what);
    // Before anything else is printed.
    void clear();

private:
    bool terminal_;
    bool shown_ = false;
};

}  // namespace tconv
