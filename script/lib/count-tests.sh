# shellcheck shell=bash
# Sums vitest's JSON reports. Their counts come before the tests' own names, so the first match of a key is the count.

# reported KEY FILE...: the sum of KEY over the files.
reported() {
  local key=$1 file sum=0 value
  shift
  for file in "$@"; do
    value=$(grep -oE -m 1 "\"$key\":[0-9]+" "$file" | head -n 1 | grep -oE '[0-9]+$' || true)
    sum=$((sum + ${value:-0}))
  done
  printf '%s' "$sum"
}

# count_tests BROKEN FILE...: prints the last line of script/test; fails when anything failed.
count_tests() {
  local broken=$1 passed failed skipped
  shift
  passed=$(reported numPassedTests "$@")
  failed=$(reported numFailedTests "$@")
  skipped=$(($(reported numPendingTests "$@") + $(reported numTodoTests "$@")))
  # A file that cannot be loaded, or a check before the tests, fails a stage in which no single test failed.
  if [ "$broken" -gt 0 ] && [ "$failed" -eq 0 ]; then failed=$broken; fi
  printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ]
}
