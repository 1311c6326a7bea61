"""Let the server of warm.py run darksocial with these arguments, streams, folder and environment.

It loads nothing of the project, so that it starts at once.
"""

import marshal
import os
import signal
import socket
import sys


def is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


streams = [descriptor for descriptor in (0, 1, 2) if is_open(descriptor)]
server = socket.socket(socket.AF_UNIX)
server.connect(sys.argv[1])
message = marshal.dumps((streams, sys.argv[2:], os.getcwdb(), dict(os.environb)))  # noqa: PTH109 - bytes
server.sendall(len(message).to_bytes(4, "big"))
socket.send_fds(server, [message[:1]], streams)
server.sendall(message[1:])
for stream in streams:  # the end of a pipe must not stay open here
    os.close(stream)
code = int.from_bytes(server.recv(4), "big", signed=True)
if code < 0:
    if code != -signal.SIGKILL:  # which no process can handle
        signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
os._exit(code)
