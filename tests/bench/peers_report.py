"""What peers.py has measured, in Markdown."""


def ratio(row, rows, peer):
    """The rate beside another peer's at the same load."""
    for other in rows:
        if "tokens_per_second" in row and (
                other["peer"], other["model"], other["streams"]) == (
                    peer, row["model"], row["streams"]):
            return f"{row['tokens_per_second'] / other['tokens_per_second']:.2f}"
    return "–"


def cell(row, name, digits):
    return f"{row[name]:.{digits}f}" if name in row else "–"


def chart(model, rows):
    """Mermaid, which forges draw: hwledger's rates as bars, the other's as a
    line."""
    of_peer = {peer: [row for row in rows
                      if (row["model"], row["peer"]) == (model, peer)]
               for peer in ("hwledger", "llama-server")}

    def rates(peer):
        return ", ".join(f"{row['tokens_per_second']:.1f}"
                         for row in of_peer[peer])

    streams = ", ".join(str(row["streams"]) for row in of_peer["hwledger"])
    most = max(row["tokens_per_second"] for peer in of_peer.values()
               for row in peer)
    return ["```mermaid", "xychart-beta",
            f'  title "{model}: hwledger (bars), llama-server (line)"',
            f'  x-axis "streams" [{streams}]',
            f'  y-axis "tokens/s" 0 --> {most:.0f}',
            f"  bar [{rates('hwledger')}]", f"  line [{rates('llama-server')}]",
            "```"]


def markdown(result):
    daemon = result["daemon"]
    lines = [
        f"{result['machine']}; load average {result['load_average_before']:.1f}"
        f" before and {result['load_average_after']:.1f} after; "
        f"{result['versions']}"
        + (f"; beside {result['busy']} processes that compute"
           if result["busy"] else "") + ".",
        "",
        f"`{result['command']}`",
        "",
        "| model | streams | peer | tokens/s | ÷ hwledger | ÷ llama-server "
        "| decode of one, tokens/s | first token, ms | of it not prefill | longest gap, ms "
        "| CPU µs/token |",
        "|---|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in result["rows"]:
        lines.append(
            f"| {row['model']} | {row['streams']} | {row['peer']} "
            f"| {cell(row, 'tokens_per_second', 1)} "
            f"| {ratio(row, result['rows'], 'hwledger')} "
            f"| {ratio(row, result['rows'], 'llama-server')} "
            f"| {cell(row, 'decode_p50_per_second', 1)} "
            f"| {cell(row, 'first_token_p50_ms', 1)} "
            f"| {cell(row, 'added_p50_ms', 1)} "
            f"| {cell(row, 'longest_gap_ms', 1)} "
            f"| {cell(row, 'cpu_us_per_token', 0)} |")
    lines += ["", f"The daemon serves {daemon['cold_start_ms']:.0f} ms after "
              f"its start and holds {daemon['idle_resident_mib']:.1f} MiB when "
              "idle."]
    for model in dict.fromkeys(row["model"] for row in result["rows"]):
        lines += ["", *chart(model, result["rows"])]
    return "\n".join(lines)
