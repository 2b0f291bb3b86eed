"""The example of the event stream, shown in the OpenAPI document."""

EVENT_STREAM = """\
retry: 3000

event: score
data: {"account_id":"dinkes","window":"24h","period":"","score":87.4,"rank":1,"parts":{}}
id: 5f0c1e9a-1042

event: pulse
data: {"at":"2026-11-21T12:00:32Z"}

event: status
data: {"newest_received_at":"2026-11-21T12:00:30Z","clocks_ahead":[],"behind":[],"now":"2026-11-21T12:00:33Z"}

: keep-alive
"""
