# Two processes that talk in a terminal of their own in its usual mode. terminal-job.py FILE: one prints numbers until there is FILE, the other reads slowly, so that
# something lies there for much of the time, checks each line and says which are wrong. terminal-job.py idle FILE: one line lies there, until there is FILE.
import os, sys, time

last = sys.argv[-1]
master, slave = os.openpty()
if sys.argv[1] == 'idle':
    os.write(slave, b'unread\n')
    open('up', 'w').close()
    while not os.path.exists(last): time.sleep(0.02)
    print(os.read(master, 100))
    sys.exit()
if os.fork() == 0:
    os.close(master)
    number = 0
    while not os.path.exists(last):
        os.write(slave, b'%d\n' % number)
        number += 1
        if number % 20 == 0: time.sleep(0.1)
    os.write(slave, b'end\n')
    while True: time.sleep(1)
os.close(slave)
held, number = b'', 0
open('up', 'w').close()
while True:
    while b'\n' not in held:
        time.sleep(0.004)
        held += os.read(master, 32)
    line, _, held = held.partition(b'\n')
    if line == b'end\r': break
    if line != b'%d\r' % number: print('instead of', number, line, flush=True)
    number += 1
print('all read', flush=True)
