package io.serai.gateway.coap;

/**
 * What all CoAP peers of the node have together.
 *
 * @param budget of bodies that come in blocks
 * @param keptBudget of bodies whose rest may be asked for
 */
record CoapShared(
    EchoValues echoValues,
    ReassemblyBudget budget,
    ReassemblyBudget keptBudget,
    RecentLimit recent) {
  static CoapShared create() {
    return new CoapShared(
        EchoValues.random(),
        ReassemblyBudget.ofHeap(),
        ReassemblyBudget.ofHeap(),
        RecentLimit.ofHeap());
  }
}
