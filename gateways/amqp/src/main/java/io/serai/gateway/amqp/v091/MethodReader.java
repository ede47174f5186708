package io.serai.gateway.amqp.v091;

import io.serai.gateway.ProtocolException;
import io.serai.gateway.amqp.v091.Amqp091Frame.Method;
import java.util.Locale;

/** Finds the class of a method frame and reads its arguments. */
final class MethodReader {
  private MethodReader() {}

  /**
   * Reads a method payload after its two ids.
   *
   * @throws ProtocolException COMMAND_INVALID for a method that does not exist, SYNTAX_ERROR for
   *     malformed arguments
   */
  static Method read(int classId, int methodId, int channel, FieldReader in) {
    Method method =
        switch (classId) {
          case ConnectionMethod.CLASS -> ConnectionMethod.read(methodId, channel, in);
          case ChannelMethod.CLASS -> ChannelMethod.read(methodId, channel, in);
          case AccessMethod.CLASS -> AccessMethod.read(methodId, channel, in);
          case ExchangeMethod.CLASS -> ExchangeMethod.read(methodId, channel, in);
          case QueueMethod.CLASS -> QueueMethod.read(methodId, channel, in);
          case BasicMethod.CLASS -> BasicMethod.read(methodId, channel, in);
          case ConfirmMethod.CLASS -> ConfirmMethod.read(methodId, channel, in);
          case TxMethod.CLASS -> TxMethod.read(methodId, channel, in);
          default -> throw unknown(classId, methodId);
        };
    if (in.remaining() > 0) {
      throw in.leftOver(nameOf(method));
    }
    return method;
  }

  static ProtocolException unknown(int classId, int methodId) {
    return ReplyCode.COMMAND_INVALID.because(
        "unknown method " + methodId + " of class " + classId, "AMQP 0-9-1 §2.3.5.1");
  }

  /** The method's name as clients know it, such as {@code queue.declare-ok}. */
  static String nameOf(Method method) {
    Class<?> type = method.getClass();
    String group = type.getEnclosingClass().getSimpleName().replace("Method", "");
    return (group + '.' + type.getSimpleName())
        .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
        .toLowerCase(Locale.ROOT);
  }
}
