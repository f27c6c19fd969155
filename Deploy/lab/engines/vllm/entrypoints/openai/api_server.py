"""`python3 -m vllm.entrypoints.openai.api_server ...`: takes --headless and, like the engine, ignores it."""

import sys

from vllm.standin_serve import serve

if __name__ == "__main__":
    serve(sys.argv[1:], prog="api_server.py", honour_headless=False)
