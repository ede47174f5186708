package io.serai.interop;

import org.junit.jupiter.api.Test;

/** amqplib and mqtt.js; the steps are in src/test/node. */
class NodeClientsIT {
  @Test
  @Uses(ThirdParty.AMQPLIB)
  void amqplibConfirmChannelAndConsume() throws Exception {
    Scripts.node(SharedNode.get(), "amqp.js", "confirmChannelAndConsume");
  }

  @Test
  @Uses(ThirdParty.AMQPLIB)
  void amqplibMandatoryReturn() throws Exception {
    Scripts.node(SharedNode.get(), "amqp.js", "mandatoryReturn");
  }

  @Test
  @Uses(ThirdParty.AMQPLIB)
  void amqplibChannelErrorLeavesTheConnection() throws Exception {
    Scripts.node(SharedNode.get(), "amqp.js", "channelErrorLeavesTheConnection");
  }

  @Test
  @Uses(ThirdParty.AMQPLIB)
  void amqplibTopicExchangeAndCancelNotice() throws Exception {
    Scripts.node(SharedNode.get(), "amqp.js", "topicExchangeAndCancelNotice");
  }

  @Test
  @Uses(ThirdParty.AMQPLIB)
  void amqplibDirectReplyToAndCopies() throws Exception {
    Scripts.node(SharedNode.get(), "amqp.js", "directReplyToAndCopies");
  }

  @Test
  @Uses(ThirdParty.MQTT_JS)
  void mqttJsEveryVersionAndQos() throws Exception {
    Scripts.node(SharedNode.get(), "mqtt_client.js", "everyVersionAndQos");
  }

  @Test
  @Uses(ThirdParty.MQTT_JS)
  void mqttJsVersion5Properties() throws Exception {
    Scripts.node(SharedNode.get(), "mqtt_client.js", "version5Properties");
  }

  @Test
  @Uses(ThirdParty.MQTT_JS)
  void mqttJsOverWebSocket() throws Exception {
    Scripts.node(SharedNode.get(), "mqtt_client.js", "overWebSocket");
  }

  @Test
  @Uses(ThirdParty.MQTT_JS)
  void mqttJsIsToldOfATakeover() throws Exception {
    Scripts.node(SharedNode.get(), "mqtt_client.js", "takeoverIsTold");
  }

  @Test
  @Uses(ThirdParty.MQTT_JS)
  void mqttJsGetsRetainedAndSharedMessages() throws Exception {
    Scripts.node(SharedNode.get(), "mqtt_client.js", "retainedAndShared");
  }

  @Test
  @Uses(ThirdParty.MQTT_JS)
  void mqttJsWrongPasswordIsRefused() throws Exception {
    Scripts.node(SharedNode.get(), "mqtt_client.js", "wrongPasswordIsRefused");
  }
}
