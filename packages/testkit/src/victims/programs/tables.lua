-- A table that grows by what coroutines give. tables.lua ROUNDS
local rounds = tonumber(arg[1])
local out = assert(io.open('answer.txt', 'w'))
local state = 7
local numbers = coroutine.wrap(function()
  while true do
    state = (state * 1103515245 + 12345) % 2147483648
    coroutine.yield(state)
  end
end)
local counts = {}
for round = 1, rounds do
  for _ = 1, 12000 do
    local word = string.format('%x', numbers()):sub(1, 3)
    counts[word] = (counts[word] or 0) + 1
  end
  local words = {}
  for word in pairs(counts) do words[#words + 1] = word end
  table.sort(words, function(a, b) return counts[a] > counts[b] or counts[a] == counts[b] and a < b end)
  out:write(round, ' ', words[1], ' ', counts[words[1]], ' ', words[#words], '\n')
  out:flush()
end
out:close()
