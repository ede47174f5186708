package io.serai.gateway.amqp.v091;

import io.serai.bus.Delivery;
import io.serai.gateway.amqp.v091.Amqp091Frame.Content;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Message;
import java.util.List;

/** Methods of class basic that carry a message (AMQP 0-9-1 §1.8.3). */
public final class BasicContent {
  static final int PUBLISH = Wire.CLASS_BASIC << 16 | 40;
  static final int RETURN = Wire.CLASS_BASIC << 16 | 50;
  static final int DELIVER = Wire.CLASS_BASIC << 16 | 60;
  static final int GET_OK = Wire.CLASS_BASIC << 16 | 71;

  private BasicContent() {}

  /**
   * basic.publish, whole.
   *
   * @param address one instance per distinct exchange and routing key of the connection, mostly
   * @param encoding shared with the previous message when its properties were the same bytes
   */
  public record Publish(
      int channel,
      Address address,
      boolean mandatory,
      boolean immediate,
      Amqp091Encoding encoding,
      Body body)
      implements Content {}

  /**
   * basic.publish of a message whose header announces more than is allowed; the codec drops its
   * body as it comes.
   */
  public record TooLarge(int channel, long bodyBytes, long maxBytes) implements Content {}

  /**
   * A run of basic.deliver to one consumer, with consecutive delivery tags.
   *
   * @param consumerTag UTF-8
   * @param firstTag delivery tag of the first of them
   * @param deliveries holds the run at {@code [from, to)}
   */
  public record Deliver(
      int channel, byte[] consumerTag, long firstTag, List<Delivery> deliveries, int from, int to)
      implements Content {}

  /** basic.return: a mandatory message that no queue took. */
  public record Return(int channel, ReplyCode code, Message message) implements Content {}

  /**
   * basic.get-ok.
   *
   * @param remaining ready messages left in the queue
   */
  public record GetOk(
      int channel, long deliveryTag, boolean redelivered, Message message, long remaining)
      implements Content {}
}
