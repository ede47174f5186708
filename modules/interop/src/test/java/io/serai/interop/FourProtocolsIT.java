package io.serai.interop;

import org.junit.jupiter.api.Test;

/** An MQTT device, a STOMP web page, a CoAP observer and an AMQP consumer on one topic. */
class FourProtocolsIT {
  @Test
  @Uses({ThirdParty.PAHO, ThirdParty.STOMP_JS, ThirdParty.LIBCOAP, ThirdParty.PIKA})
  void eachPublishesToTheOtherThree() throws Exception {
    Scripts.python(SharedNode.get(), "four_protocols", "each_publishes_to_the_other_three");
  }
}
