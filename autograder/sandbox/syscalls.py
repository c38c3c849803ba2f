"""The system calls that no homework needs, as a seccomp filter compiled by libseccomp."""

import errno
import mmap
import tempfile
from functools import cache

# Each line: what it would be good for, to whoever should not have it.
REFUSED = {
    "run another program": "execve execveat",
    "reach the network": "socket connect bind listen accept accept4",
    "enter or leave namespaces, change mounts": (
        "unshare setns mount umount umount2 pivot_root chroot move_mount open_tree fsopen fsmount fsconfig fspick "
        "mount_setattr statmount listmount"
    ),
    "look into other processes": "ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd process_madvise",
    "memory that no limit counts": "memfd_create memfd_secret shmget shmat shmctl shmdt",
    "stay behind in System V queues": "msgget msgsnd msgrcv msgctl semget semop semtimedop semctl mq_open mq_unlink",
    "large and often broken parts of the kernel": (
        "bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register keyctl add_key request_key "
        "fanotify_init name_to_handle_at open_by_handle_at lookup_dcookie modify_ldt vmsplice"
    ),
    "change the machine": (
        "reboot kexec_load kexec_file_load init_module finit_module delete_module swapon swapoff acct syslog quotactl "
        "quotactl_fd settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname iopl ioperm mknod "
        "mknodat vhangup nfsservctl personality"
    ),
    "pin or move memory": "mlock mlock2 mlockall mbind set_mempolicy migrate_pages move_pages",
}
_NEW_NAMESPACES = (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000, 0x80)


@cache
def seccomp_filter() -> bytes:
    """The filter as the kernel wants it, for this machine; empty where libseccomp is missing."""
    try:
        import pyseccomp  # noqa: PLC0415 (raises where the library is missing)
    except (ImportError, RuntimeError):
        return b""
    filter_ = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for names in REFUSED.values():
        for name in names.split():
            try:
                filter_.add_rule(pyseccomp.ERRNO(errno.EPERM), name)
            except (OSError, ValueError):
                continue  # not a call of this kind of machine
    for flag in _NEW_NAMESPACES:
        filter_.add_rule(
            pyseccomp.ERRNO(errno.EPERM), "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag)
        )
    # Memory of no file that processes share: no limit counts it once nobody looks at it.
    shared = mmap.MAP_SHARED | mmap.MAP_ANONYMOUS
    filter_.add_rule(
        pyseccomp.ERRNO(errno.EPERM), "mmap", pyseccomp.Arg(3, pyseccomp.MASKED_EQ, shared, shared)
    )
    # Its flags lie in memory, where no filter can look; the C library then takes `clone`.
    filter_.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    with tempfile.TemporaryFile() as file:
        filter_.export_bpf(file)
        file.seek(0)
        return file.read()
