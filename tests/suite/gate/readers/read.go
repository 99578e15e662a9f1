// What Go's net/url and encoding/json read under the name nr; its JSON takes any letter case.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
)

func flat(value any) []string {
	switch read := value.(type) {
	case nil:
		return []string{}
	case map[string]any:
		return []string{"an object"}
	case []any:
		all := []string{}
		for _, inner := range read {
			all = append(all, flat(inner)...)
		}
		return all
	default:
		return []string{fmt.Sprint(read)}
	}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var given struct{ Kind, Text string }
		if err := json.Unmarshal(lines.Bytes(), &given); err != nil {
			panic(err)
		}
		read := map[string][]string{}
		if given.Kind == "json" {
			var document struct {
				Nr any `json:"nr"`
			}
			if json.Unmarshal([]byte(given.Text), &document) == nil {
				read["go encoding/json"] = flat(document.Nr)
			}
		} else {
			values, _ := url.ParseQuery(given.Text)
			read["go net/url"] = append([]string{}, values["nr"]...)
		}
		out, _ := json.Marshal(read)
		fmt.Println(string(out))
	}
}
