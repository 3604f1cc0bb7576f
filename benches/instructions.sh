#!/usr/bin/env bash
# Counts the instructions per pair of cells with callgrind and prints a table as Markdown.
#
#     benches/instructions.sh [WORKLOAD...] >> benches/runs/YYYY-MM-DD-what.md
#
# The programs are run twice, with one and with two rounds over the pairs: what is left of the
# difference is the overlaps alone. Callgrind runs the path that the processor would take.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

PAIRS=${PAIRS:-2048}
workloads=("$@")
if [ ${#workloads[@]} -eq 0 ]; then
    workloads=(boxes axis rotated sheared tetrahedra warped polyhedra)
fi

cargo build --release -p benches --example pairs
program=${CARGO_TARGET_DIR:-target}/release/examples/pairs

# Instructions of a run: workload, operation, rounds.
count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$1" "$2" "$PAIRS" "$3" 2>&1 |
        awk '/Collected/ { print $NF }'
}

per_pair() {
    local one two
    one=$(count "$1" "$2" 1)
    two=$(count "$1" "$2" 2)
    echo $(((two - one + PAIRS / 2) / PAIRS))
}

echo "## Instructions per pair, by callgrind, $PAIRS pairs each"
echo
echo "Commit $(git rev-parse --short HEAD), \`benches/instructions.sh${*:+ $*}\`. Both cells prepared; in the last column the source"
echo "cell is filled for each pair, as in a job."
echo
echo "| workload | volume | with first moments | fill source, volume |"
echo "|---|---:|---:|---:|"
for workload in "${workloads[@]}"; do
    echo "| $workload | $(per_pair "$workload" volume) | $(per_pair "$workload" moments) | $(per_pair "$workload" job) |"
done
