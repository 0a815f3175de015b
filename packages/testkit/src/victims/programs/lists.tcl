# Lists and dictionaries. lists.tcl ROUNDS
set out [open answer.txt w]
fconfigure $out -buffering line
set state 7
set counts [dict create]
for {set round 1} {$round <= [lindex $argv 0]} {incr round} {
  for {set at 0} {$at < 9000} {incr at} {
    set state [expr {($state * 1103515245 + 12345) % 2147483648}]
    dict incr counts [string range [format %x $state] 0 2]
  }
  set pairs {}
  dict for {word count} $counts {lappend pairs [list $count $word]}
  puts $out "$round [lindex [lsort -decreasing $pairs] 0] [lindex [lsort $pairs] 0]"
}
close $out
