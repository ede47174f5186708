package io.serai.gateway.coap;

/** What all CoAP peers of the node have together. */
record CoapShared(EchoValues echoValues, ReassemblyBudget budget, RecentLimit recent) {
  static CoapShared create() {
    return new CoapShared(EchoValues.random(), ReassemblyBudget.ofHeap(), RecentLimit.ofHeap());
  }
}
