# Associative arrays and text. awk -v rounds=N -f table.awk
BEGIN {
  state = 11
  for (round = 1; round <= rounds; round++) {
    for (i = 0; i < 4000; i++) {
      state = (state * 16807) % 2147483647
      key = substr(sprintf("%010d", state), 7, 4)
      count[key]++
      if (count[key] > most) { most = count[key]; name = key }
    }
    print round, most, name > "table.txt"
    fflush("table.txt")
  }
}
