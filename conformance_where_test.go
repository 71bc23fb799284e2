package mqttwire_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

// Where a rule is in the code, for CONFORMANCE.md. A branch that checks a rule carries
// the clause as a comment, and an Error has it in its clauses: both are read from the
// source.

// place is a function of the package.
type place struct{ file, name string }

// rank is 0 for functions that decode and check, and 1 for others.
func (p place) rank() int {
	for _, word := range []string{"check", "consume", "decode"} {
		if strings.Contains(strings.ToLower(p.name), word) {
			return 0
		}
	}
	return 1
}

func (p place) link() string { return "[" + p.name + "](" + p.file + ")" }

// code is what the source says of clauses.
type code struct {
	functions map[string]place    // by name
	named     map[string][]place  // "5.0 [MQTT-3.1.2-3]": the functions that namedPlaces names
	cited     map[string][]place  // the functions that cite it in a comment
	clauses   map[string][]string // the names of rules and Errors whose clauses have it
	problems  map[string]string   // the name of the rule with a problem: "is zero": zeroPacketID
	users     map[string][]place  // the functions that use a name
}

// readCode reads the package, without its tests.
func readCode(t *testing.T) *code {
	t.Helper()
	c := &code{map[string]place{}, map[string][]place{}, map[string][]place{}, map[string][]string{}, map[string]string{}, map[string][]place{}}
	paths, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		require.NoError(t, err)
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				c.function(path, file, d)
			case *ast.GenDecl:
				c.variables(d)
			}
		}
	}
	c.name(t)
	return c
}

func (c *code) function(path string, file *ast.File, f *ast.FuncDecl) {
	p := place{path, f.Name.Name}
	if f.Recv != nil {
		typ := f.Recv.List[0].Type
		if star, ok := typ.(*ast.StarExpr); ok {
			typ = star.X
		}
		p.name = typ.(*ast.Ident).Name + "." + p.name
	}
	c.functions[p.name] = p
	for _, group := range file.Comments {
		if group.Pos() >= f.Body.Pos() && group.End() <= f.Body.End() {
			add(c.cited, group.Text(), p)
		}
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !slices.Contains(c.users[id.Name], p) {
			c.users[id.Name] = append(c.users[id.Name], p)
		}
		return true
	})
}

// name notes the functions of namedPlaces, which all have to be there.
func (c *code) name(t *testing.T) {
	t.Helper()
	for key, clauses := range namedPlaces {
		words := strings.Fields(key)
		for _, clause := range mqttwire.ClauseNames(clauses) {
			clause = words[0] + " " + clause
			require.Empty(t, c.named[clause], "%s is named twice", clause)
			for _, name := range words[1:] {
				_, ok := c.functions[name]
				require.True(t, ok, "there is no function %s", name)
				c.named[clause] = append(c.named[clause], c.functions[name])
			}
		}
	}
}

// variables notes clauses and problems under the name that has them: the variable's,
// or in a table the key's.
func (c *code) variables(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok {
			continue
		}
		for i, value := range v.Values {
			if i < len(v.Names) {
				c.table(v.Names[i].Name, value)
			}
		}
	}
}

func (c *code) table(name string, value ast.Expr) {
	ast.Inspect(value, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && key.Name[0] >= 'a' {
				c.table(key.Name, n.Value)
				return false
			}
		case *ast.CompositeLit:
			c.literal(name, n)
		}
		return true
	})
}

// literal reads clauses{...} and rule{...}; in a table both may stand without a type.
func (c *code) literal(name string, lit *ast.CompositeLit) {
	texts := make([]string, len(lit.Elts))
	for i, e := range lit.Elts {
		if b, ok := e.(*ast.BasicLit); ok && b.Kind == token.STRING {
			texts[i], _ = strconv.Unquote(b.Value)
		}
	}
	if len(texts) == 3 {
		for i, version := range []string{"5.0", "3.1.1", "3.1"} {
			if texts[i] != "" {
				key := version + " " + citation(texts[i])
				c.clauses[key] = append(c.clauses[key], name)
			}
		}
	}
	if len(texts) == 4 && strings.Contains(texts[0], " ") {
		c.problems[texts[0]] = name
	}
}

// citation is a clause as clauses.csv has it, without a letter.
func citation(clause string) string {
	switch {
	case clause == "A":
		return "appendix A"
	case strings.Contains(clause, "-"):
		return "[MQTT-" + clause + "]"
	}
	return "section " + clause
}

// add notes a place under everything that a comment cites.
func add(all map[string][]place, comment string, p place) {
	for _, key := range citations(comment) {
		if !slices.Contains(all[key], p) {
			all[key] = append(all[key], p)
		}
	}
}

// citations finds what a comment cites: "5.0 [MQTT-3.3.2-1], [MQTT-3.3.2-2], 3.1.1 the
// same, 3.1 section 3.3" is five clauses.
func citations(comment string) (keys []string) {
	var versions, last []string
	var section, sections bool
	words := strings.Fields(comment)
	for i, word := range words {
		bare := strings.Trim(word, ",;:.()")
		next := ""
		if i+1 < len(words) {
			next = strings.Trim(words[i+1], ",;:.()")
		}
		citing := next == "section" || next == "sections" || next == "the" || next == "and" || strings.HasPrefix(next, "[MQTT-")
		switch {
		case (bare == "5.0" || bare == "3.1.1" || bare == "3.1") && (bare == "5.0" || citing) && !section:
			if i == 0 || words[i-1] != "and" || sections {
				versions = nil
			}
			versions, sections = append(versions, bare), false
		case strings.HasPrefix(bare, "[MQTT-"):
			last = nil
			for _, v := range versions {
				last = append(last, v+" "+bare)
			}
			keys = append(keys, last...)
			sections = false
		case bare == "section" || bare == "sections":
			section, sections = true, bare == "sections"
			continue
		case (section || sections) && bare != "" && bare[0] >= '1' && bare[0] <= '9':
			last = nil
			for _, v := range versions {
				last = append(last, v+" section "+bare)
			}
			keys = append(keys, last...)
		case bare == "same" && len(versions) == 1:
			for _, key := range last {
				_, clause, _ := strings.Cut(key, " ")
				keys = append(keys, versions[0]+" "+clause)
			}
		case bare != "and" && bare != "to":
			sections = false
		}
		section = false
	}
	return keys
}

// places is where a clause is checked: functions that cite it, or use an Error that has
// it, or one with a problem that its cases have met.
func (c *code) places(version, clause string, problems []string) []place {
	if found := c.named[version+" "+clause]; len(found) > 0 {
		return found
	}
	clause, _, _ = strings.Cut(clause, " (")
	key := version + " " + clause
	if found := c.cited[key]; len(found) > 0 {
		return found
	}
	var found []place
	for _, name := range c.clauses[key] {
		found = union(found, c.users[name])
	}
	if len(found) > 0 {
		return found
	}
	for _, problem := range problems {
		found = union(found, c.users[c.problems[problem]])
	}
	slices.SortStableFunc(found, func(a, b place) int { return a.rank() - b.rank() })
	return found
}

func union(list, more []place) []place {
	for _, p := range more {
		if !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}

// TestCitations: comments are read as they are meant.
func TestCitations(t *testing.T) {
	for comment, want := range map[string][]string{
		"5.0 [MQTT-3.1.2-3], 3.1.1 [MQTT-3.1.2-4]":                            {"5.0 [MQTT-3.1.2-3]", "3.1.1 [MQTT-3.1.2-4]"},
		"5.0 [MQTT-3.3.2-1], [MQTT-3.3.2-2], 3.1.1 the same, 3.1 section 3.3": {"5.0 [MQTT-3.3.2-1]", "5.0 [MQTT-3.3.2-2]", "3.1.1 [MQTT-3.3.2-2]", "3.1 section 3.3"},
		"5.0 sections 1.5.4, 1.5.6; 3.1.1 section 1.5.3":                      {"5.0 section 1.5.4", "5.0 section 1.5.6", "3.1.1 section 1.5.3"},
		"5.0 section 2.1.2, 3.1.1 section 2.2.1: forbidden":                   {"5.0 section 2.1.2", "3.1.1 section 2.2.1"},
		"5.0 sections 1.2 and 2.3, 3.1.1 section 2.4":                         {"5.0 section 1.2", "5.0 section 2.3", "3.1.1 section 2.4"},
		"5.0 and 3.1.1 section 3.1, 3.1 section 3.1":                          {"5.0 section 3.1", "3.1.1 section 3.1", "3.1 section 3.1"},
		"3.1.1 and 5.0 [MQTT-3.3.1-2]; 3.1 allows it anyway":                  {"3.1.1 [MQTT-3.3.1-2]", "5.0 [MQTT-3.3.1-2]"},
		"5.0, optional": nil,
	} {
		require.Equal(t, want, citations(comment), comment)
	}
}
