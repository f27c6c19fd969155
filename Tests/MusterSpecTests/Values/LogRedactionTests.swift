import MusterSpec
import Testing

@Suite("Masking of secrets in logs")
struct LogRedactionTests {
    @Test(
        "what gives itself away is masked, and nothing else",
        arguments: [
            (
                "ServerArgs(model_path='m', api_key='s3cr3t key', tp_size=8)",
                "ServerArgs(model_path='m', api_key='***', tp_size=8)"
            ),
            ("api_key=None, admin_api_key=abc)", "api_key=None, admin_api_key=***)"),
            ("--api-key abc --tp 8", "--api-key *** --tp 8"), ("--api-key --tp 8", "--api-key --tp 8"),
            ("--hf-token=abc", "--hf-token=***"), ("HF_TOKEN=abc python3", "HF_TOKEN=*** python3"),
            (#"{"password": "x y", "n": 1}"#, #"{"password": "***", "n": 1}"#),
            ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
            ("got hf_abcdefghijklmnopqrstuvwxyz, sent", "got ***, sent"),
            ("postgres://me:secret@db:5432/x", "postgres://***@db:5432/x"),
            (
                "Decode batch. #running-req: 3, #token: 4096, token usage: 0.12",
                "Decode batch. #running-req: 3, #token: 4096, token usage: 0.12"
            ),
            ("max_total_num_tokens=65536, tokenizer_path='/m'", "max_total_num_tokens=65536, tokenizer_path='/m'"),
            ("https://huggingface.co/a/b@main", "https://huggingface.co/a/b@main"),
            ("tcp://10.0.0.1:5000", "tcp://10.0.0.1:5000"),
            ("Incorrect API key provided", "Incorrect API key provided"), ("", ""), ("token:", "token:"),
            ("a 秘密 password=秘密", "a 秘密 password=***"),
            (
                #"{"line": "api_key=\"x y\", \"password\": \"z\""}"#,
                #"{"line": "api_key=\"***\", \"password\": \"***\""}"#
            ),
            ("(b'authorization', b'Bearer abc')", "(b'authorization', b'Bearer ***')"),
            ("api_keys=['a', 'b'], tp_size=8", "api_keys=[***], tp_size=8"), ("api_keys=[]", "api_keys=[]"),
            ("api_key:\tabc", "api_key:\t***"), ("password=12345678", "password=***"),
            ("passphrase=x", "passphrase=***"),
            ("args: {api-key: {secret: HF_TOKEN}}", "args: {api-key: {secret: HF_TOKEN}}"), ("api_key=", "api_key="),
            ("secret=7F3A9C01D2AB34EF", "secret=***"), (#"{"secret": "123456789012"}"#, #"{"secret": "***"}"#),
            (
                "unexpected token: [ at line 5, CUDA error: out of memory",
                "unexpected token: *** at line 5, CUDA error: out of memory"
            ),
            ("stop_token: [1, 2]", "stop_token: [1, 2]"),
        ]
    )
    func lines(_ line: String, _ masked: String) {
        #expect(LogRedaction.line(line) == masked)
        #expect(LogRedaction.line(masked) == masked)
    }
}
