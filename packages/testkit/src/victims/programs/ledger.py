# A database in SQLite's default journal mode: one connection, so many transactions. ledger.py COUNT DATABASE DUMP
import os, random, sqlite3, sys

count, path, dump = int(sys.argv[1]), sys.argv[2], sys.argv[3]
for leftover in (path, path + '-journal'):
    if os.path.exists(leftover):
        os.remove(leftover)
ledger = sqlite3.connect(path)
assert ledger.execute('PRAGMA journal_mode').fetchone() == ('delete',)
ledger.execute('PRAGMA synchronous=OFF')
ledger.execute('CREATE TABLE entry(number INTEGER PRIMARY KEY, account INTEGER, amount INTEGER)')
chance = random.Random(7)
for transaction in range(count):
    with ledger:
        ledger.executemany('INSERT INTO entry(account, amount) VALUES (?, ?)', [(chance.randrange(90), chance.randrange(1000)) for _ in range(20)])
        ledger.execute('UPDATE entry SET amount = amount + 1 WHERE account = ? AND number > ?', (transaction % 90, transaction * 20 - 4000))
with open(dump, 'w') as out:
    print(ledger.execute('PRAGMA integrity_check').fetchone(), file=out)
    for line in ledger.execute('SELECT account, count(*), sum(amount) FROM entry GROUP BY account'):
        print(line, file=out)
