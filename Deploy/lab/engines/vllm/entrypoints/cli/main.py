"""`vllm serve MODEL ...`"""

import sys

from vllm.standin_serve import command


def main() -> None:
    command(sys.argv[1:])


if __name__ == "__main__":
    main()
