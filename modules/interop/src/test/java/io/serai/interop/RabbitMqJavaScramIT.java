package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.LongString;
import com.rabbitmq.client.SaslMechanism;
import com.rabbitmq.client.impl.LongStringHelper;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** SASL of several steps over connection.secure, with the RabbitMQ Java client. */
@Uses(ThirdParty.RABBITMQ_JAVA)
@Timeout(600)
class RabbitMqJavaScramIT {
  private final AtomicBoolean isServerTrusted = new AtomicBoolean();

  /** The mechanism as an application gives it to the client. */
  private final class Scram implements SaslMechanism {
    private ScramClient exchange;
    private boolean hasProved;

    @Override
    public String getName() {
      return ScramClient.MECHANISM;
    }

    @Override
    public LongString handleChallenge(LongString challenge, String user, String password) {
      if (challenge == null) {
        exchange = new ScramClient(user, password);
        return LongStringHelper.asLongString(exchange.first());
      }
      if (!hasProved) {
        hasProved = true;
        return LongStringHelper.asLongString(exchange.last(challenge.getBytes()));
      }
      isServerTrusted.set(exchange.trusts(challenge.getBytes()));
      return LongStringHelper.asLongString("");
    }
  }

  private ConnectionFactory factory() {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(SharedNode.get().port("amqp"));
    factory.setSaslConfig(offered -> new Scram());
    return factory;
  }

  @Test
  void aClientProvesItsPasswordAndTheServerThatItKnowsIt() throws Exception {
    try (Connection connection = factory().newConnection("scram");
        Channel channel = connection.createChannel()) {
      assertThat(isServerTrusted).isTrue();
      assertThat(channel.queueDeclare().getQueue()).isNotEmpty();
    }
  }

  @Test
  void aWrongPasswordIsRefused() {
    ConnectionFactory factory = factory();
    factory.setPassword("wrong");
    assertThatThrownBy(() -> factory.newConnection("scram"))
        .isInstanceOf(AuthenticationFailureException.class)
        .hasMessageContaining("SCRAM-SHA-256");
  }
}
