package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The commands and their flags.

// rootCommand is mqttdump without a command: it prints packets.
func (p *program) rootCommand() *cobra.Command {
	f := newFlags("mqttdump")
	root := &cobra.Command{
		Use:   "mqttdump [flags] [file ...]",
		Short: "Show, check, count and make MQTT packets",
		Args:  cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, files []string) error {
			return p.withSettings(f, files, p.dump)
		},
		SilenceErrors: true, // run prints them, as one line
		SilenceUsage:  true,
	}
	f.input()
	f.filters()
	f.output()
	f.rules()
	f.install(root)
	root.AddCommand(p.checkCommand(), p.summaryCommand(), p.encodeCommand())
	return root
}

// addCompletion adds the command that cobra has for completion scripts. It writes to
// what is the output of root now.
func addCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	if c, _, err := root.Find([]string{"completion"}); err == nil {
		c.Args = cobra.ArbitraryArgs
		c.RunE = func(_ *cobra.Command, args []string) error {
			return fmt.Errorf("completion: the shell is missing: bash, fish, powershell or zsh%s", not(args))
		}
	}
}

// not names an argument that is of no use.
func not(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return fmt.Sprintf(", and not %q", args[0])
}

func (p *program) checkCommand() *cobra.Command {
	f := newFlags("check")
	c := &cobra.Command{
		Use:   "check [flags] [file ...]",
		Short: "Print violations of the specification only, every one of them",
		Long:  checkHelp,
		Args:  cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, files []string) error {
			return p.withSettings(f, files, p.check)
		},
	}
	f.input()
	f.filters()
	f.rules()
	f.install(c)
	return c
}

func (p *program) summaryCommand() *cobra.Command {
	f := newFlags("summary")
	c := &cobra.Command{
		Use:   "summary [flags] [file ...]",
		Short: "Print tables: connections, packets by type, topics, violations",
		Long:  summaryHelp,
		Args:  cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, files []string) error {
			return p.withSettings(f, files, p.summary)
		},
	}
	f.tables()
	f.input()
	f.filters()
	f.rules()
	f.install(c)
	return c
}

// withSettings runs a command with what its flags say.
func (p *program) withSettings(f *flags, files []string, command func(settings) int) error {
	s, err := f.settings(files)
	if err != nil {
		return err
	}
	p.status = command(s)
	return nil
}

// group is flags that stand together in the help.
type group struct {
	title string
	set   *pflag.FlagSet
}

// add begins a group.
func (f *flags) add(title string) *pflag.FlagSet {
	set := pflag.NewFlagSet(f.command, pflag.ContinueOnError)
	set.SortFlags = false
	f.groups = append(f.groups, group{title, set})
	return set
}

// install gives the flags to their command.
func (f *flags) install(c *cobra.Command) {
	c.Flags().SortFlags = false
	for _, g := range f.groups {
		c.Flags().AddFlagSet(g.set)
	}
	inherited := c.HelpFunc() // for the commands that come with cobra
	c.SetHelpFunc(func(called *cobra.Command, args []string) {
		if called != c {
			inherited(called, args)
			return
		}
		_, _ = io.WriteString(c.OutOrStdout(), f.help(c))
	})
	for name, values := range flagValues {
		if c.Flags().Lookup(name) != nil {
			// The error says that there is no such flag, or that it has values already.
			_ = c.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(slices.Clone(values), cobra.ShellCompDirectiveNoFileComp))
		}
	}
}
