"""The server's settings. Written before every start; an operator's own go into ``local.conf`` beside them."""

from __future__ import annotations

import os
from pathlib import Path

INCLUDE = "include 'pingan.conf'\ninclude_if_exists 'local.conf'\n"

#: every role proves itself with its password, over the socket only; there is no other way in
HBA = "local all all scram-sha-256\n"

MIB = 1 << 20


def shared_buffers_mib(memory_bytes: int) -> int:
    """A quarter of the memory, between 64 MiB and 1 GiB: the working set of a city fits into that."""
    return max(64, min(1024, memory_bytes // 4 // MIB))


def total_memory_bytes() -> int:
    """Physical memory of this machine; 1 GiB where it does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 1 << 30


def render(*, socket_folder: Path, port: int, durable: bool, log_folder: Path) -> str:
    """The text of ``pingan.conf``."""
    lines = {
        "listen_addresses": "",
        "port": port,
        "unix_socket_directories": socket_folder,
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "max_connections": 100 if durable else 400,
        "shared_buffers": f"{shared_buffers_mib(total_memory_bytes())}MB" if durable else "128MB",
        "timezone": "UTC",
        "synchronous_commit": "on",
        "random_page_cost": 1.1,
        "max_wal_size": "2GB",
        # our queries are short; compiling one costs more than running it
        "jit": "off",
        # the table of positions is rewritten all day: vacuum must keep up or its index grows fivefold
        "autovacuum_naptime": "5s",
        "autovacuum_vacuum_scale_factor": 0.05,
        "autovacuum_analyze_scale_factor": 0.05,
        # what people say on the phone is in the statements and in the details of errors: none of it is logged.
        # psycopg2 puts the values into the statement, so no statement may be logged at all; the program that
        # sent a wrong one is told, the file is not
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_statement": "none",
        "log_min_duration_statement": -1,
        "log_min_duration_sample": -1,
        "log_transaction_sample_rate": 0,
        "log_parameter_max_length": 0,
        "log_parameter_max_length_on_error": 0,
        "log_lock_waits": "on",
        "log_connections": "off",
        "log_line_prefix": "%m [%p] %a ",
    }
    if durable:
        lines |= {
            "logging_collector": "on",
            "log_directory": log_folder,
            "log_filename": "postgres-%a.log",
            "log_truncate_on_rotation": "on",
            "log_rotation_age": "1d",
            "log_rotation_size": 0,
        }
    else:
        # the tests' own server: nothing in it outlives a power cut, nor needs to
        lines |= {"fsync": "off", "full_page_writes": "off"}
    return "".join(f"{name} = '{_quoted(value)}'\n" for name, value in lines.items())


def _quoted(value: object) -> str:
    return str(value).replace("'", "''")
