"""What a kernel shows when it runs a cell. An error in the cell fails the test."""


def shown(client, code):
    """Run code in the kernel of a blocking client: {"stdout": …, "stderr": …}."""
    found = {"stdout": "", "stderr": ""}

    def collect(message):
        assert message["msg_type"] != "error", message["content"]
        if message["msg_type"] == "stream":
            found[message["content"]["name"]] += message["content"]["text"]

    client.execute_interactive(code, output_hook=collect, timeout=180)
    return found


def printed(client, code):
    """Run code as `shown` does, and return all that it wrote."""
    return "".join(shown(client, code).values()).strip()
