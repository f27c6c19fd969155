"""`python3 -m sglang.launch_server ...`"""

import sys

from sglang.standin_launcher import main

if __name__ == "__main__":
    main(sys.argv[1:])
