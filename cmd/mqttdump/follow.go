package main

import (
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/schollz/progressbar/v3"
)

// follower reads a file that grows: at its end it waits, until the program is
// interrupted, or the file is not the same any more.
type follower struct {
	file *os.File
	out  *printer
	wait func() bool // false: stop
	read int64       // how many bytes
	end  error       // why it ended, if it did
}

// followEvery is how often the file is looked at.
const followEvery = 200 * time.Millisecond

func newFollower(f *os.File, out *printer) *follower {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	return &follower{file: f, out: out, wait: func() bool {
		select {
		case <-stop:
			signal.Stop(stop)
			return false
		case <-time.After(followEvery):
			return true
		}
	}}
}

func (r *follower) Read(p []byte) (int, error) {
	for r.end == nil {
		n, err := r.file.Read(p)
		r.read += int64(n)
		if n > 0 || err != io.EOF {
			return n, err
		}
		r.out.flush()
		if r.end = r.changed(); r.end == nil && (r.out.broken() || !r.wait()) {
			r.end = io.EOF
		}
	}
	return 0, r.end
}

// changed is an error if the file has become shorter than what was read of it, or
// another one has its name, as when a log is rotated. Between the two names there may
// be none for a while.
func (r *follower) changed() error {
	now, err := r.file.Stat()
	if err != nil || !now.Mode().IsRegular() {
		return nil // a read says what is wrong
	}
	if now.Size() < r.read {
		return errors.New("the file became shorter while it was followed")
	}
	if named, err := os.Stat(r.file.Name()); err == nil && !os.SameFile(now, named) {
		return errors.New("the file was replaced by another while it was followed")
	}
	return nil
}

// largeFile is the size from which on a file gets a progress bar.
const largeFile = 32 << 20

// progressReader shows how much of a file has been read.
type progressReader struct {
	file *os.File
	bar  *progressbar.ProgressBar
}

// progress returns a reader with a progress bar for a large file, when somebody
// can see it and it does not stand in the middle of other output; else nil.
func (d *dumper) progress(f *os.File) *progressReader {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() < largeFile {
		return nil
	}
	stderr, seen := terminal(d.out.errors)
	if !seen {
		return nil
	}
	if _, both := terminal(d.stdout); both {
		return nil
	}
	return newProgress(f, info.Size(), stderr)
}

func newProgress(f *os.File, size int64, to io.Writer) *progressReader {
	return &progressReader{f, progressbar.NewOptions64(size, progressbar.OptionSetWriter(to), progressbar.OptionShowBytes(true),
		progressbar.OptionSetDescription("mqttdump"), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())}
}

func (r *progressReader) Read(p []byte) (int, error) {
	n, err := r.file.Read(p)
	_ = r.bar.Add(n) // what cannot be drawn is not needed
	return n, err
}

func (r *progressReader) finish() { _ = r.bar.Finish() }
