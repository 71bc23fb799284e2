#!/usr/bin/env python3
"""Sends bytes to the broker, one connection per run.

usage: raw_client.py HEX...

Each argument is sent after the broker answered the one before (or stayed
silent for half a second). Answers are printed in hexadecimal.
"""

import socket
import sys

with socket.create_connection(("127.0.0.1", 1883)) as connection:
    for argument in sys.argv[1:]:
        data = bytes.fromhex(argument)
        print(">", data.hex(" "))
        connection.sendall(data)
        connection.settimeout(0.5)
        try:
            answer = connection.recv(4096)
        except socket.timeout:
            print("< silence")
            continue
        except ConnectionResetError:
            answer = b""
        print("<", answer.hex(" ") or "closed")
        if not answer:
            break
