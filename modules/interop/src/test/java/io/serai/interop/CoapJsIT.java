package io.serai.interop;

import org.junit.jupiter.api.Test;

/** CoAP with the npm package coap. */
@Uses(ThirdParty.COAP_JS)
class CoapJsIT {
  @Test
  void valuesWithTheirFormatAndConditions() throws Exception {
    run("valuesWithTheirFormatAndConditions");
  }

  @Test
  void observingUntilTheEnd() throws Exception {
    run("observingUntilTheEnd");
  }

  @Test
  void largeBodiesGoInBlocks() throws Exception {
    run("largeBodiesGoInBlocks");
  }

  @Test
  @Uses({ThirdParty.COAP_JS, ThirdParty.AMQPLIB})
  void aWorkerIsCalledThatAnswersLate() throws Exception {
    run("aWorkerIsCalledThatAnswersLate");
  }

  private static void run(String function) throws Exception {
    Scripts.node(SharedNode.get(), "coap.js", function);
  }
}
