"""A server and a client in one job, over a listening and a connected TCP socket. A broken connection is made anew. sockets.py QUESTIONS"""

import hashlib
import os
import socket
import sys
import time

questions = int(sys.argv[1])
listening = socket.create_server(("127.0.0.1", 0))
address = listening.getsockname()


def serve():
    while True:
        connection, _ = listening.accept()
        # Closing a broken connection fails, too, where something is left to be sent.
        try:
            with connection, connection.makefile("rw") as lines:
                for line in lines:
                    lines.write(hashlib.sha256(line.encode()).hexdigest() + "\n")
                    lines.flush()
        except OSError:
            pass


def ask(lines, question):
    lines.write(f"{question}\n")
    lines.flush()
    answer = lines.readline()
    if not answer.endswith("\n"):
        raise ConnectionError("the connection ended")
    return answer


server = os.fork()
if server == 0:
    serve()
listening.close()
with open("answers.txt", "w") as out:
    question = 0
    while question < questions:
        try:
            with socket.create_connection(address) as connection, connection.makefile("rw") as lines:
                while question < questions:
                    out.write(ask(lines, question))
                    out.flush()
                    question += 1
                    time.sleep(0.004)
        except OSError:
            time.sleep(0.01)
os.kill(server, 9)
os.waitpid(server, 0)
