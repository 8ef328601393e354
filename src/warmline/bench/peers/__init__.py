"""The same centers in other people's simulators, to be measured beside ours."""
