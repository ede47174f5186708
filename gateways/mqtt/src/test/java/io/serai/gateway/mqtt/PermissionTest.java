package io.serai.gateway.mqtt;

import static io.serai.gateway.mqtt.Client.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Principal;
import io.serai.gateway.AuthResult;
import io.serai.gateway.harness.Recorded;
import io.serai.gateway.mqtt.MqttFrame.ConnAck;
import io.serai.gateway.mqtt.MqttFrame.PubAck;
import io.serai.gateway.mqtt.MqttFrame.PubRec;
import io.serai.gateway.mqtt.MqttFrame.Will;
import io.serai.model.Body;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A QoS and the retain flag are permissions of their own. */
class PermissionTest {
  private record Limited(int maxQos, boolean mayRetain) implements Principal {
    @Override
    public String user() {
      return "limited";
    }

    @Override
    public Set<String> tags() {
      return Set.of();
    }

    @Override
    public long version() {
      return 1;
    }

    @Override
    public boolean mayEnter(String vhost) {
      return true;
    }

    @Override
    public boolean may(Action action, String vhost, String resource) {
      return true;
    }

    @Override
    public boolean mayPublish(String vhost, String exchange, Topic topic, String clientId) {
      return true;
    }

    @Override
    public boolean maySubscribe(
        String vhost, String exchange, TopicFilter filter, String clientId) {
      return true;
    }

    @Override
    public int maxQos(String vhost, String exchange) {
      return maxQos;
    }

    @Override
    public boolean mayRetain(String vhost, String exchange) {
      return mayRetain;
    }
  }

  private static Client connected(Client client, Limited user) {
    client.start();
    client.harness.receives(client.connect());
    client.harness.authenticated(new AuthResult.Granted(user));
    assertThat(client.harness.sentOne(ConnAck.class).reason()).isZero();
    client.harness.recorded();
    return client;
  }

  @Test
  void aPublishAboveTheQosItsUserMayUseIsRefused() {
    Client client = connected(Client.v5(), new Limited(1, true));
    client.harness.receives(publish("t", 2, 1));
    assertThat(client.harness.sentOne(PubRec.class).reason()).isEqualTo(MqttReason.NOT_AUTHORIZED);
    client.harness.receives(publish("t", 1, 2), publish("t", 0, 0));
    assertThat(client.harness.recorded(Recorded.Published.class)).hasSize(2);
  }

  @Test
  void aRetainedPublishIsRefusedWhereItsUserMayNotRetain() {
    Client client = connected(Client.v5(), new Limited(2, false));
    client.harness.receives(publish("t", 1, 1, true), publish("t", 0, 0, true));
    assertThat(client.harness.sentOne(PubAck.class).reason()).isEqualTo(MqttReason.NOT_AUTHORIZED);
    assertThat(client.harness.recorded(Recorded.Published.class)).isEmpty();
    client.harness.receives(publish("t", 1, 2));
    assertThat(client.harness.recorded(Recorded.Published.class)).hasSize(1);
  }

  @Test
  void aSubscriptionIsGrantedTheQosItsUserMayUse() {
    Client client = connected(Client.v5(), new Limited(1, true));
    assertThat(client.subscribe("a", 2).reasons()).containsExactly(1);
    assertThat(client.subscribe("$share/g/a", 2).reasons()).containsExactly(1);
    assertThat(client.subscribe("b", 0).reasons()).containsExactly(0);
  }

  @Test
  void aWillIsHeldToTheSame() {
    for (MqttEncoding encoding :
        List.of(MqttEncoding.plain(1, false), MqttEncoding.plain(0, true))) {
      Client client =
          Client.v5().will(new Will(Client.topic("t"), encoding, Body.ofUtf8("gone"), 0));
      client.start();
      client.harness.receives(client.connect());
      client.harness.authenticated(new AuthResult.Granted(new Limited(0, false)));
      assertThat(client.harness.sentOne(ConnAck.class).reason())
          .isEqualTo(MqttReason.NOT_AUTHORIZED);
    }
  }
}
