/* SPDX-License-Identifier: Apache-2.0
 * Programs of an opencl library choose the device for Halide's runtime, through its environment variables, and print
 * its name: "device: NAME". Other programs compile to nothing. */
#ifndef TCONV_OPENCL_DEVICE_H
#define TCONV_OPENCL_DEVICE_H

#ifdef TCONV_OPENCL

#include <dlfcn.h>

enum { kMaxDevices = 16, kNameBytes = 256 };

/* The few declarations of CL/cl.h that this needs; its header may not be installed. */
typedef int (*GetPlatformIds)(uint32_t, void **, uint32_t *);
typedef int (*GetPlatformInfo)(void *, uint32_t, size_t, void *, size_t *);
typedef int (*GetDeviceIds)(void *, uint64_t, uint32_t, void **, uint32_t *);
typedef int (*GetDeviceInfo)(void *, uint32_t, size_t, void *, size_t *);
enum { kPlatformName = 0x0902, kDeviceName = 0x102B };
#define TCONV_ALL_DEVICES 0xFFFFFFFFu

static void *opencl_symbol(void *library, const char *name) {
    void *symbol = dlsym(library, name);
    if (!symbol) fail("libOpenCL.so.1: has no %s", name);
    return symbol;
}

/* The first device of the first platform that has one; HL_OCL_PLATFORM_NAME and HL_GPU_DEVICE choose otherwise. */
static void choose_opencl_device(void) {
    void *library = dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_GLOBAL);
    const char *wanted_platform = getenv("HL_OCL_PLATFORM_NAME"), *wanted_device = getenv("HL_GPU_DEVICE");
    const uint32_t device = wanted_device ? (uint32_t)strtoul(wanted_device, NULL, 10) : 0;
    void *platforms[kMaxDevices], *devices[kMaxDevices];
    uint32_t platform_count = 0, device_count = 0;
    GetPlatformIds get_platforms;
    GetPlatformInfo get_platform_info;
    GetDeviceIds get_devices;
    GetDeviceInfo get_device_info;
    if (!library) fail("libOpenCL.so.1: not found; install an OpenCL loader (Debian: ocl-icd-libopencl1)");
    *(void **)&get_platforms = opencl_symbol(library, "clGetPlatformIDs");
    *(void **)&get_platform_info = opencl_symbol(library, "clGetPlatformInfo");
    *(void **)&get_devices = opencl_symbol(library, "clGetDeviceIDs");
    *(void **)&get_device_info = opencl_symbol(library, "clGetDeviceInfo");
    get_platforms(kMaxDevices, platforms, &platform_count);
    if (platform_count > kMaxDevices) platform_count = kMaxDevices;
    for (uint32_t p = 0; p < platform_count; p++) {
        char platform_name[kNameBytes] = "", device_name[kNameBytes] = "", index[16];
        get_platform_info(platforms[p], kPlatformName, sizeof platform_name - 1, platform_name, NULL);
        if (wanted_platform && !strstr(platform_name, wanted_platform)) continue;
        device_count = 0;
        get_devices(platforms[p], TCONV_ALL_DEVICES, kMaxDevices, devices, &device_count);
        if (device >= device_count || device >= kMaxDevices) continue;
        get_device_info(devices[device], kDeviceName, sizeof device_name - 1, device_name, NULL);
        snprintf(index, sizeof index, "%u", (unsigned)device);
        setenv("HL_OCL_PLATFORM_NAME", platform_name, 1);
        setenv("HL_GPU_DEVICE", index, 1);
        printf("device: %s, %s\n", platform_name, device_name);
        fflush(stdout); /* before anything on stderr */
        return;
    }
    fail("no OpenCL device (Debian: pocl-opencl-icd makes one of the processor)");
}

#else

static void choose_opencl_device(void) {}

#endif

#endif
