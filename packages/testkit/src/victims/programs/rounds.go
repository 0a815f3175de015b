// Goroutines over channels, timers, garbage collection, a file. rounds ROUNDS
package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"
)

func work(in <-chan int, out chan<- [32]byte, group *sync.WaitGroup) {
	defer group.Done()
	for n := range in {
		digest := sha256.Sum256([]byte(strconv.Itoa(n)))
		for i := 0; i < 4000; i++ {
			digest = sha256.Sum256(digest[:])
		}
		out <- digest
	}
}

func main() {
	rounds, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	file, err := os.Create("rounds.txt")
	if err != nil {
		panic(err)
	}
	kept := map[string]int{}
	for round := 0; round < rounds; round++ {
		in, out := make(chan int), make(chan [32]byte)
		var group sync.WaitGroup
		for i := 0; i < 4; i++ {
			group.Add(1)
			go work(in, out, &group)
		}
		go func() {
			for i := 0; i < 8; i++ {
				in <- round*8 + i
			}
			close(in)
			group.Wait()
			close(out)
		}()
		var sum [32]byte
		for digest := range out {
			// Exclusive or: the order in which digests come does not matter.
			for i := range sum {
				sum[i] ^= digest[i]
			}
			kept[fmt.Sprintf("%x", digest[:4])]++
		}
		fmt.Fprintf(file, "%d %x %d\n", round, sum, len(kept))
		<-time.After(time.Millisecond)
	}
	if file.Close() != nil {
		os.Exit(1)
	}
}
