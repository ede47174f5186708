package io.serai.bus;

import io.serai.model.Value;

/** What RabbitMQ calls the types of argument and header values in its refusals. */
public final class TypeNames {
  private TypeNames() {}

  /** The name of a value's type, such as {@code longstr} or {@code signedint}. */
  public static String of(Value value) {
    return switch (value) {
      case Value.Null _ -> "void";
      case Value.Bool _ -> "bool";
      case Value.Byte _ -> "byte";
      case Value.UByte _ -> "unsignedbyte";
      case Value.Short _ -> "short";
      case Value.UShort _ -> "unsignedshort";
      case Value.Int _ -> "signedint";
      case Value.UInt _ -> "unsignedint";
      case Value.Long _ -> "long";
      case Value.ULong _ -> "unsignedlong";
      case Value.Float _ -> "float";
      case Value.Double _ -> "double";
      case Value.Decimal _ -> "decimal";
      case Value.Timestamp _ -> "timestamp";
      case Value.Binary _ -> "binary";
      case Value.Str _, Value.Symbol _, Value.Char _, Value.Uuid _ -> "longstr";
      case Value.ListOf _, Value.ArrayOf _ -> "array";
      case Value.MapOf _ -> "table";
      case Value.Described(_, Value inner) -> of(inner);
    };
  }
}
