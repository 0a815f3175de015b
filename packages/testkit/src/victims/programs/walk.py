"""A random walk with generators, threads, big numbers and a growing table. walk.py STEPS"""

import hashlib
import random
import sys
import threading
from collections import Counter
from fractions import Fraction

steps = int(sys.argv[1])
chance = random.Random(20)
seen = Counter()
turn = threading.Condition()
handed = []


def positions():
    x = y = 0
    while True:
        for _ in range(100):
            x += chance.choice((-1, 0, 1))
            y += chance.choice((-1, 0, 1))
        yield x, y


def digest_in_thread(out):
    total = Fraction(0)
    for step in range(steps):
        with turn:
            turn.wait_for(lambda: handed)
            item = handed.pop()
            turn.notify_all()
        total = (total + Fraction(item[0] + 1, 7 + step % 13)) % 1000003
        if step % 500 == 0:
            out.write(f"{step} {item} {hashlib.sha256(str(total).encode()).hexdigest()}\n")
            out.flush()


with open("walk.txt", "w") as out:
    reader = threading.Thread(target=digest_in_thread, args=(out,))
    reader.start()
    for step, position in zip(range(steps), positions()):
        seen[position] += 1
        with turn:
            turn.wait_for(lambda: not handed)
            handed.append(position)
            turn.notify_all()
    reader.join()
    for position, count in sorted(seen.items()):
        out.write(f"{position} {count}\n")
