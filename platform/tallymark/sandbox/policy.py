"""What a limited process may ask of the kernel: while it imports a pack, and while the pack's function runs."""

from __future__ import annotations

import os

from tallymark.sandbox.seccomp import ALLOW, KILL, REFUSE, UNKNOWN, Argument, Rule, install, whatever

_PROCESSES = (
    "fork", "vfork", "execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "kill", "tkill",
    "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open", "pidfd_getfd", "pidfd_send_signal",
)  # fmt: skip
_NETWORK = (
    "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "recvfrom", "sendmsg",
    "recvmsg", "sendmmsg", "recvmmsg",
)  # fmt: skip
_KERNEL = (
    "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "keyctl", "add_key", "request_key", "mount",
    "umount2", "pivot_root", "chroot", "unshare", "setns", "init_module", "finit_module", "kexec_load", "reboot",
)  # fmt: skip
_CHANGES = (
    "creat", "unlink", "unlinkat", "rename", "renameat", "renameat2", "mkdir", "mkdirat", "rmdir", "link", "linkat",
    "symlink", "symlinkat", "chmod", "fchmodat", "chown", "lchown", "fchownat", "truncate", "mknod", "mknodat",
)  # fmt: skip
_PLAIN = (
    "read", "write", "readv", "writev", "pread64", "pwrite64", "close", "lseek", "fstat", "poll", "ppoll", "select",
    "pselect6", "mmap", "munmap", "mprotect", "mremap", "madvise", "brk", "mincore", "membarrier", "rt_sigaction",
    "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall", "futex", "set_robust_list", "rseq",
    "sched_yield", "sched_getaffinity", "getcpu", "exit", "exit_group", "gettid", "getpid", "getppid", "getuid",
    "geteuid", "getgid", "getegid", "getrusage", "times", "sysinfo", "uname", "clock_gettime", "clock_getres",
    "clock_nanosleep", "nanosleep", "gettimeofday", "time", "getrandom",
)  # fmt: skip

_A_THREAD = 0x10000  # CLONE_THREAD
_TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_SET_FLAGS = 4  # F_SETFL, the last of fcntl's harmless requests; later ones let the kernel send signals


def while_importing() -> None:
    """Files can be read, as an import must; nothing can be written, started, signalled or reached."""
    install(
        [
            *whatever((*_PROCESSES, *_NETWORK, *_KERNEL, *_CHANGES), REFUSE),
            *_threads_only(REFUSE),
            ("open", Argument(place=1, bits=_TO_WRITE, then=REFUSE, otherwise=ALLOW)),
            ("openat", Argument(place=2, bits=_TO_WRITE, then=REFUSE, otherwise=ALLOW)),
            ("openat2", UNKNOWN),
        ],
        default=ALLOW,
    )


def while_running() -> None:
    """Only calculating, and reading and writing what is open already. What no honest function asks for ends it."""
    install(
        [
            *whatever(_PLAIN, ALLOW),
            *whatever((*_PROCESSES, *_NETWORK, *_KERNEL), KILL),
            *_threads_only(KILL),
            ("tgkill", Argument(place=0, equal=os.getpid(), then=ALLOW, otherwise=KILL)),  # abort() uses it
            ("fcntl", Argument(place=1, most=_SET_FLAGS, then=ALLOW, otherwise=REFUSE)),
        ],
        default=REFUSE,
    )


def _threads_only(otherwise: int) -> list[Rule]:
    """Threads share the process's limits and end with it; processes don't."""
    return [
        ("clone", Argument(place=0, bits=_A_THREAD, then=ALLOW, otherwise=otherwise)),
        ("clone3", UNKNOWN),  # its flags lie in memory, which a filter can't read
    ]
