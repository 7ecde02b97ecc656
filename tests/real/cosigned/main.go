// Checks a checkpoint, and a witness's cosignature under it, with the verifiers of transparency-dev.
//
//	cosigned LOG-KEY WITNESS-KEY < checkpoint
package main

import (
	"fmt"
	"io"
	"os"

	f_log "github.com/transparency-dev/formats/log"
	f_note "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func main() {
	raw := must(io.ReadAll(os.Stdin))
	logKey := must(note.NewVerifier(os.Args[1]))
	witnessKey := must(f_note.NewVerifierForCosignatureV1(os.Args[2]))
	checkpoint, _, opened, err := f_log.ParseCheckpoint(raw, logKey.Name(), logKey, witnessKey)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, signature := range opened.Sigs {
		if signature.Name == witnessKey.Name() && signature.Hash == witnessKey.KeyHash() {
			at := must(f_note.CoSigV1Timestamp(signature))
			fmt.Println(checkpoint.Origin, checkpoint.Size, at.UTC().Format("2006-01-02T15:04:05Z"))
			return
		}
	}
	fmt.Fprintln(os.Stderr, "no cosignature of this witness holds")
	os.Exit(1)
}
