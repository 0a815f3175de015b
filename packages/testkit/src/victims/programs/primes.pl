# Hashes, sorting, regular expressions and formats. primes.pl ROUNDS
use strict;
use warnings;

open my $out, '>', 'primes.txt' or die $!;
$out->autoflush(1);
my (%counts, $state);
$state = 7;
for my $round (1 .. $ARGV[0]) {
  my @numbers = map { $state = ($state * 1103515245 + 12345) % 2147483648 } 1 .. 3000;
  for my $number (@numbers) {
    (my $digits = "$number") =~ s/(\d)(\d)/$2$1/g;
    $counts{ substr $digits, 0, 3 }++;
  }
  my @sorted = sort { $counts{$b} <=> $counts{$a} || $a cmp $b } keys %counts;
  printf {$out} "%05d %s %s %d\n", $round, $sorted[0], $sorted[-1], $counts{ $sorted[0] };
}
close $out or die $!;
