# Words counted by two threads in turns. words.rb ROUNDS
require 'digest'

rounds = Integer(ARGV[0])
state = 7
numbers = Enumerator.new { |list| loop { list << (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) } }
File.open('answer.txt', 'w') do |out|
  out.sync = true
  counts = Hash.new(0)
  rounds.times do |round|
    words = Array.new(3000) { numbers.next.to_s(36)[0, 2] }
    parts = words.each_slice(1500).map { |slice| Thread.new { slice.tally } }
    parts.each { |part| part.value.each { |word, count| counts[word] += count } }
    best = counts.sort_by { |word, count| [-count, word] }.first(9)
    out.puts "#{round} #{Digest::SHA256.hexdigest(best.inspect)}"
  end
end
