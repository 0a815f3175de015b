# shellcheck shell=bash
ensure_extras() { :; }
