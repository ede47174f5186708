package io.serai.gateway.amqp.v091;

import io.serai.gateway.amqp.v091.Amqp091Frame.Method;
import io.serai.model.Value;

/**
 * Class basic, the methods without content; {@link BasicContent} has the others (AMQP 0-9-1 §1.8).
 */
public sealed interface BasicMethod extends Method {
  /** Class id. */
  int CLASS = 60;

  /** Reads the arguments of method {@code number} of this class. */
  static BasicMethod read(int number, int channel, FieldReader in) {
    return switch (number) {
      case 10 -> new Qos(channel, in.longUint(), in.shortUint(), in.bit());
      case 11 -> new QosOk(channel);
      case 20 -> Consume.read(channel, in);
      case 21 -> new ConsumeOk(channel, in.shortString());
      case 30 -> new Cancel(channel, in.shortString(), in.bit());
      case 31 -> new CancelOk(channel, in.shortString());
      case 70 -> Get.read(channel, in);
      case 72 -> GetEmpty.read(channel, in);
      case 80 -> new Ack(channel, in.longLong(), in.bit());
      case 90 -> new Reject(channel, in.longLong(), in.bit());
      case 100 -> new RecoverAsync(channel, in.bit());
      case 110 -> new Recover(channel, in.bit());
      case 111 -> new RecoverOk(channel);
      case 120 -> Nack.read(channel, in);
      default -> throw MethodReader.unknown(CLASS, number);
    };
  }

  /** Client: how much it takes unacknowledged. */
  record Qos(int channel, long prefetchSizeBytes, int prefetchCount, boolean global)
      implements BasicMethod {
    static final int ID = CLASS << 16 | 10;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.longUint(prefetchSizeBytes).shortUint(prefetchCount).bits(global);
    }
  }

  /** Server: set. */
  record QosOk(int channel) implements BasicMethod {
    static final int ID = CLASS << 16 | 11;

    @Override
    public int id() {
      return ID;
    }
  }

  /** Client: starts a consumer. */
  record Consume(
      int channel,
      String queue,
      String consumerTag,
      boolean noLocal,
      boolean noAck,
      boolean exclusive,
      boolean noWait,
      Value.MapOf arguments)
      implements BasicMethod {
    static final int ID = CLASS << 16 | 20;

    private static Consume read(int channel, FieldReader in) {
      in.skip(2); // reserved
      String queue = in.shortString();
      String consumerTag = in.shortString();
      int bits = in.bits();
      Value.MapOf arguments = in.table();
      return new Consume(
          channel,
          queue,
          consumerTag,
          (bits & 1) != 0,
          (bits & 2) != 0,
          (bits & 4) != 0,
          (bits & 8) != 0,
          arguments);
    }

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortUint(0)
          .shortString(queue)
          .shortString(consumerTag)
          .bits(noLocal, noAck, exclusive, noWait)
          .table(arguments);
    }
  }

  /** Server: it runs. */
  record ConsumeOk(int channel, String consumerTag) implements BasicMethod {
    static final int ID = CLASS << 16 | 21;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortString(consumerTag);
    }
  }

  /** Either: ends a consumer. */
  record Cancel(int channel, String consumerTag, boolean noWait) implements BasicMethod {
    static final int ID = CLASS << 16 | 30;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortString(consumerTag).bits(noWait);
    }
  }

  /** Either: it has ended. */
  record CancelOk(int channel, String consumerTag) implements BasicMethod {
    static final int ID = CLASS << 16 | 31;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortString(consumerTag);
    }
  }

  /** Client: takes one message. */
  record Get(int channel, String queue, boolean noAck) implements BasicMethod {
    static final int ID = CLASS << 16 | 70;

    private static Get read(int channel, FieldReader in) {
      in.skip(2); // reserved
      String queue = in.shortString();
      int bits = in.bits();
      return new Get(channel, queue, (bits & 1) != 0);
    }

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortUint(0).shortString(queue).bits(noAck);
    }
  }

  /** Server: there is none. */
  record GetEmpty(int channel) implements BasicMethod {
    static final int ID = CLASS << 16 | 72;

    private static GetEmpty read(int channel, FieldReader in) {
      in.shortString(); // reserved
      return new GetEmpty(channel);
    }

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortString("");
    }
  }

  /** Either: processed, or stored (confirm). */
  record Ack(int channel, long deliveryTag, boolean multiple) implements BasicMethod {
    static final int ID = CLASS << 16 | 80;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.longLong(deliveryTag).bits(multiple);
    }
  }

  /** Client: not processed. */
  record Reject(int channel, long deliveryTag, boolean requeue) implements BasicMethod {
    static final int ID = CLASS << 16 | 90;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.longLong(deliveryTag).bits(requeue);
    }
  }

  /** Client: gives back all unacknowledged messages, no answer. */
  record RecoverAsync(int channel, boolean requeue) implements BasicMethod {
    static final int ID = CLASS << 16 | 100;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.bits(requeue);
    }
  }

  /** Client: gives back all unacknowledged messages. */
  record Recover(int channel, boolean requeue) implements BasicMethod {
    static final int ID = CLASS << 16 | 110;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.bits(requeue);
    }
  }

  /** Server: done. */
  record RecoverOk(int channel) implements BasicMethod {
    static final int ID = CLASS << 16 | 111;

    @Override
    public int id() {
      return ID;
    }
  }

  /** Either: not processed, or not stored (confirm). */
  record Nack(int channel, long deliveryTag, boolean multiple, boolean requeue)
      implements BasicMethod {
    static final int ID = CLASS << 16 | 120;

    private static Nack read(int channel, FieldReader in) {
      long deliveryTag = in.longLong();
      int bits = in.bits();
      return new Nack(channel, deliveryTag, (bits & 1) != 0, (bits & 2) != 0);
    }

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.longLong(deliveryTag).bits(multiple, requeue);
    }
  }
}
