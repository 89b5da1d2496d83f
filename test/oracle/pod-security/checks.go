package main

import (
	"slices"
	"strings"

	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

type askedCheck struct {
	id   string
	form policy.VersionedCheck
}

// askedChecks are the checks of a level and version in the order of the evaluator's results.
func askedChecks(level api.Level, version api.Version) []askedCheck {
	byLevel := map[api.Level][]askedCheck{}
	overridden := map[policy.CheckID]bool{}
	for _, check := range policy.DefaultChecks() {
		form := formAt(check, version)
		if form == nil || (level == api.LevelBaseline && check.Level != level) {
			continue
		}
		byLevel[check.Level] = append(byLevel[check.Level], askedCheck{string(check.ID), *form})
		for _, id := range form.OverrideCheckIDs {
			overridden[id] = true
		}
	}
	asked := []askedCheck{}
	for _, level := range []api.Level{api.LevelBaseline, api.LevelRestricted} {
		slices.SortFunc(byLevel[level], func(a, b askedCheck) int { return strings.Compare(a.id, b.id) })
		asked = append(asked, byLevel[level]...)
	}
	return slices.DeleteFunc(asked, func(check askedCheck) bool { return overridden[policy.CheckID(check.id)] })
}

func formAt(check policy.Check, version api.Version) *policy.VersionedCheck {
	var found *policy.VersionedCheck
	for i := range check.Versions {
		if !version.Older(check.Versions[i].MinimumVersion) {
			found = &check.Versions[i]
		}
	}
	return found
}
