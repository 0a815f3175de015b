<?php
// Arrays that a generator fills. arrays.php ROUNDS
function numbers(): Generator
{
    for ($state = 7; ; ) {
        yield $state = ($state * 1103515245 + 12345) % 2147483648;
    }
}
$out = fopen('answer.txt', 'w');
$counts = [];
$numbers = numbers();
for ($round = 1; $round <= (int) $argv[1]; $round++) {
    for ($at = 0; $at < 20000; $at++, $numbers->next()) {
        $word = substr(base_convert((string) $numbers->current(), 10, 36), 0, 3);
        $counts[$word] = ($counts[$word] ?? 0) + 1;
    }
    ksort($counts);
    arsort($counts);
    fwrite($out, $round . ' ' . hash('sha256', json_encode(array_slice($counts, 0, 50))) . "\n");
}
fclose($out);
