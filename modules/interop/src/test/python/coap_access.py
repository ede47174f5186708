"""What a CoAP client may do whose user may do little: topics below plant, and observing them."""
import coap
from serai_it import eventually

LOGIN = {"username": "plant", "password": "secret"}


def a_user_may_do_what_its_permissions_say():
    assert coap.request("put", "/ps/plant/1", "x").code == "4.01", "nobody is anonymous without guest"
    assert coap.request("put", "/ps/plant/1", "x", username="plant", password="wrong").code == "4.01"
    assert coap.request("put", "/ps/plant/1", "x", **LOGIN).code == "2.01"
    assert coap.request("get", "/ps/plant/1", **LOGIN).payload == "x"
    observer = coap.Observer("/ps/plant/%23", **LOGIN)
    assert observer.received[0].payload == "x", observer.received
    every = coap.Observer("/ps/plant/1", all=1, **LOGIN)
    assert coap.request("post", "/ps/plant/1", "y", **LOGIN).code == "2.04"
    eventually(lambda: observer.notified() and every.notified(), what="notifications")
    for method, path, payload in (
            ("put", "/ps/other", "x"), ("post", "/ps/other", "x"), ("delete", "/ps/other", None), ("get", "/ps/other", None),
            ("post", "/q/jobs", "x"), ("get", "/q/jobs", None), ("post", "/x/amq.direct", "x"), ("post", "/rpc/add", "x")):
        answer = coap.request(method, path, payload, **LOGIN)
        assert answer.code == "4.03", (method, path, answer)
    for path in ("/ps/other", "/ps/%23", "/ps/+/1"):
        for query in ({}, {"all": 1}):
            refused = coap.Observer(path, **query, **LOGIN)
            assert refused.received[0].code == "4.03", (path, query, refused.received)
            refused.close()
    topic = ["-t", "606", "-e", "%a2%00%65other%02%61x"]
    assert coap.request("post", "/topics", arguments=topic, **LOGIN).code == "4.03"
    opened = coap.request("post", "/mqtt/connection", clientid="c", **LOGIN)
    assert opened.code == "2.01", opened
    token = {"clientid": "c", "token": opened.payload}
    assert coap.request("get", "/ps/plant/1", **token).code == "2.05"
    assert coap.request("get", "/ps/other", **token).code == "4.03"
    assert coap.request("post", "/mqtt/connection", clientid="c", username="plant", password="wrong").code == "4.01"
    observer.close(), every.close()
