package mqttwire

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestImports keeps the package small and safe: it imports these and nothing
// else, so no fmt, reflect, net, unsafe, log/slog or encoding/json.
func TestImports(t *testing.T) {
	allowed := map[string]bool{"bytes": true, "encoding/binary": true, "errors": true, "iter": true, "math/bits": true, "strconv": true, "unicode/utf8": true}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	found := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, imp := range f.Imports {
			path, err := strconv.Unquote(imp.Path.Value)
			require.NoError(t, err)
			require.True(t, allowed[path], "%s imports %s", name, path)
			found++
		}
	}
	require.NotZero(t, found)
}
