#!/bin/sh
# Prints SQL: so many transactions over two tables with an index. transactions.sql.sh COUNT
cat <<SQL
PRAGMA journal_mode=WAL;
PRAGMA synchronous=NORMAL;
CREATE TABLE account(id INTEGER PRIMARY KEY, owner TEXT, balance INTEGER);
CREATE TABLE movement(id INTEGER PRIMARY KEY, source INTEGER, target INTEGER, amount INTEGER);
CREATE INDEX movement_source ON movement(source, amount);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO account SELECT i, 'owner ' || i, 1000 FROM n;
SQL
transaction=0
while [ "$transaction" -lt "$1" ]; do
  transaction=$((transaction + 1))
  cat <<SQL
BEGIN IMMEDIATE;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60) INSERT INTO movement(source, target, amount) SELECT (i * 37 + $transaction * 11) % 2000 + 1, (i * 91 + $transaction * 7) % 2000 + 1, (i + $transaction) % 50 FROM n;
UPDATE account SET balance = balance - coalesce((SELECT sum(amount) FROM movement WHERE source = account.id), 0) WHERE id % 20 = $transaction % 20;
COMMIT;
SQL
done
