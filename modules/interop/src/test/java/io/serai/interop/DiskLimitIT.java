package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** A node whose disk has less free space than {@code limits.disk-free-limit}. */
class DiskLimitIT {
  private static final String MORE_THAN_ANY_DISK = "1000000000 GiB";

  @Test
  void publishersWaitAndOthersAreServed() throws Exception {
    try (SeraiProcess node =
        SeraiProcess.start("--set", "limits.disk-free-limit=" + MORE_THAN_ANY_DISK)) {
      ConnectionFactory factory = new ConnectionFactory();
      factory.setPort(node.port("amqp"));
      Connection connection = factory.newConnection();
      Channel channel = connection.createChannel();
      channel.confirmSelect();
      channel.queueDeclare("q", true, false, false, Map.of());
      channel.basicPublish("", "q", MessageProperties.PERSISTENT_BASIC, new byte[] {1});
      assertThatThrownBy(() -> channel.waitForConfirms(500)).isInstanceOf(TimeoutException.class);
      Channel other = connection.createChannel();
      assertThat(other.queueDeclarePassive("q").getQueue()).isEqualTo("q");
      connection.abort(1000);
      assertThat(node.output()).contains("disk space low, publishers blocked");
    }
  }
}
