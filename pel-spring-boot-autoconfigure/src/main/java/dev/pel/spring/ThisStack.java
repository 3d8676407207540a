package dev.pel.spring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.asm.ConstantDynamic;
import org.springframework.asm.Handle;
import org.springframework.asm.Label;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;

/**
 * Follows, through the code of one method, which slots of the operand stack and which local variables may hold the bean itself. So
 * a call on {@code this} can be told from the same call on another object of the class, such as a proxy that the bean has injected
 * into itself.
 *
 * <p>A value that has been in a field or that another method has returned counts as another object: too few findings, but each is a
 * way that the code can take.
 */
abstract class ThisStack extends MethodVisitor {
    /** What instructions without operands take from the stack and put onto it, in slots, from NOP to MONITOREXIT. */
    private static final String[] EFFECTS = effects();

    private final String outerType;
    private final BitSet beans;
    private final Map<Label, ThisFrame> atLabel = new HashMap<>();
    private final Map<Label, List<Label>> handlers = new HashMap<>();
    private ThisFrame frame;
    private boolean reachable = true;

    /**
     * For one method.
     *
     * @param beans the local variables that are the bean when the method begins
     * @param outerType descriptor of the bean's type: a field of it that javac made for an inner class is the bean, too
     */
    ThisStack(BitSet beans, String outerType) {
        super(SpringAsmInfo.ASM_VERSION);
        this.beans = beans;
        this.outerType = outerType;
        this.frame = ThisFrame.of(beans);
    }

    /** A method is called on the bean, or made a function of it. */
    abstract void calledOnThis(int opcode, String owner, String name, String descriptor);

    /** The bean is an argument of a static method: in these of its local variables. */
    abstract void passed(String owner, String name, String descriptor, BitSet variables);

    private static String[] effects() {
        String[] effects = new String[Opcodes.MONITOREXIT + 1];
        Arrays.fill(effects, "00");
        fill(effects, Opcodes.ACONST_NULL, Opcodes.FCONST_2, "01");
        fill(effects, Opcodes.LCONST_0, Opcodes.LCONST_1, "02");
        fill(effects, Opcodes.DCONST_0, Opcodes.DCONST_1, "02");
        fill(effects, Opcodes.IALOAD, Opcodes.SALOAD, "21");
        effects[Opcodes.LALOAD] = "22";
        effects[Opcodes.DALOAD] = "22";
        fill(effects, Opcodes.IASTORE, Opcodes.SASTORE, "30");
        effects[Opcodes.LASTORE] = "40";
        effects[Opcodes.DASTORE] = "40";
        effects[Opcodes.POP] = "10";
        effects[Opcodes.POP2] = "20";
        for (int opcode = Opcodes.IADD; opcode <= Opcodes.DREM; opcode++) {
            effects[opcode] = isWide(opcode) ? "42" : "21";
        }
        for (int opcode = Opcodes.INEG; opcode <= Opcodes.DNEG; opcode++) {
            effects[opcode] = isWide(opcode) ? "22" : "11";
        }
        for (int opcode = Opcodes.ISHL; opcode <= Opcodes.LUSHR; opcode++) {
            effects[opcode] = opcode % 2 == 0 ? "21" : "32";
        }
        for (int opcode = Opcodes.IAND; opcode <= Opcodes.LXOR; opcode++) {
            effects[opcode] = opcode % 2 == 0 ? "21" : "42";
        }
        String[] conversions = {"12", "11", "12", "21", "21", "22", "11", "12", "12", "21", "22", "21", "11", "11", "11"
        };
        System.arraycopy(conversions, 0, effects, Opcodes.I2L, conversions.length);
        effects[Opcodes.LCMP] = "41";
        fill(effects, Opcodes.FCMPL, Opcodes.FCMPG, "21");
        fill(effects, Opcodes.DCMPL, Opcodes.DCMPG, "41");
        effects[Opcodes.ARRAYLENGTH] = "11";
        fill(effects, Opcodes.MONITORENTER, Opcodes.MONITOREXIT, "10");
        return effects;
    }

    private static void fill(String[] effects, int first, int last, String effect) {
        Arrays.fill(effects, first, last + 1, effect);
    }

    /** The arithmetic instructions come in fours: int, long, float, double. */
    private static boolean isWide(int opcode) {
        return (opcode - Opcodes.IADD) % 2 == 1;
    }

    // ------------------------------------------------------------------ ways through the code

    private void jumpsTo(Label label) {
        if (reachable) {
            atLabel.merge(label, frame.copy(), ThisFrame::or);
        }
    }

    private void endOfWay() {
        reachable = false;
        frame = ThisFrame.of(beans);
    }

    @Override
    public void visitTryCatchBlock(Label start, Label end, Label handler, String type) {
        handlers.computeIfAbsent(start, none -> new ArrayList<>()).add(handler);
    }

    @Override
    public void visitLabel(Label label) {
        ThisFrame known = atLabel.get(label);
        if (known != null) {
            frame = reachable ? frame.or(known) : known.copy();
        }
        reachable = true;
        handlers.getOrDefault(label, List.of())
                .forEach(handler -> atLabel.merge(handler, frame.inHandler(), ThisFrame::or));
    }

    // ------------------------------------------------------------------ instructions

    @Override
    public void visitInsn(int opcode) {
        switch (opcode) {
            case Opcodes.DUP -> frame.duplicate(1, 0);
            case Opcodes.DUP_X1 -> frame.duplicate(1, 1);
            case Opcodes.DUP_X2 -> frame.duplicate(1, 2);
            case Opcodes.DUP2 -> frame.duplicate(2, 0);
            case Opcodes.DUP2_X1 -> frame.duplicate(2, 1);
            case Opcodes.DUP2_X2 -> frame.duplicate(2, 2);
            case Opcodes.SWAP -> {
                frame.duplicate(1, 1);
                frame.pop(1);
            }
            case Opcodes.IRETURN,
                    Opcodes.LRETURN,
                    Opcodes.FRETURN,
                    Opcodes.DRETURN,
                    Opcodes.ARETURN,
                    Opcodes.RETURN,
                    Opcodes.ATHROW -> endOfWay();
            default -> {
                frame.pop(EFFECTS[opcode].charAt(0) - '0');
                frame.pushOthers(EFFECTS[opcode].charAt(1) - '0');
            }
        }
    }

    @Override
    public void visitIntInsn(int opcode, int operand) {
        if (opcode == Opcodes.NEWARRAY) {
            frame.pop(1);
        }
        frame.pushOthers(1);
    }

    @Override
    public void visitVarInsn(int opcode, int variable) {
        switch (opcode) {
            case Opcodes.ALOAD -> frame.load(variable);
            case Opcodes.ILOAD, Opcodes.FLOAD -> frame.pushOthers(1);
            case Opcodes.LLOAD, Opcodes.DLOAD -> frame.pushOthers(2);
            case Opcodes.LSTORE, Opcodes.DSTORE -> frame.store(variable, 2);
            case Opcodes.ISTORE, Opcodes.FSTORE, Opcodes.ASTORE -> frame.store(variable, 1);
            default -> throw new IllegalArgumentException("RET, which no compiler has written for long");
        }
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
        if (opcode == Opcodes.CHECKCAST) {
            return;
        }
        if (opcode != Opcodes.NEW) {
            frame.pop(1);
        }
        frame.pushOthers(1);
    }

    @Override
    public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
        int size = Type.getType(descriptor).getSize();
        switch (opcode) {
            case Opcodes.GETSTATIC -> frame.pushOthers(size);
            case Opcodes.PUTSTATIC -> frame.pop(size);
            case Opcodes.PUTFIELD -> frame.pop(size + 1);
            default -> {
                frame.pop(1);
                if (name.startsWith("this$") && descriptor.equals(outerType)) {
                    frame.push(true);
                } else {
                    frame.pushOthers(size);
                }
            }
        }
    }

    @Override
    public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
        int sizes = Type.getArgumentsAndReturnSizes(descriptor);
        if (opcode == Opcodes.INVOKESTATIC) {
            passes(owner, name, descriptor, frame.pop((sizes >> 2) - 1));
        } else if (frame.pop(sizes >> 2).get(0)) {
            calledOnThis(opcode, owner, name, descriptor);
        }
        frame.pushOthers(sizes & 3);
    }

    /** A function made of a method, {@code this::load} or a lambda: what it has captured are its first arguments. */
    @Override
    public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
        int sizes = Type.getArgumentsAndReturnSizes(descriptor);
        BitSet captured = frame.pop((sizes >> 2) - 1);
        if (arguments.length > 1 && arguments[1] instanceof Handle handle) {
            if (handle.getTag() == Opcodes.H_INVOKESTATIC) {
                passes(handle.getOwner(), handle.getName(), handle.getDesc(), captured);
            } else if (captured.get(0)) {
                int opcode = handle.getTag() == Opcodes.H_INVOKESPECIAL ? Opcodes.INVOKESPECIAL : Opcodes.INVOKEVIRTUAL;
                calledOnThis(opcode, handle.getOwner(), handle.getName(), handle.getDesc());
            }
        }
        frame.pushOthers(sizes & 3);
    }

    private void passes(String owner, String name, String descriptor, BitSet variables) {
        if (!variables.isEmpty()) {
            passed(owner, name, descriptor, variables);
        }
    }

    @Override
    public void visitJumpInsn(int opcode, Label label) {
        switch (opcode) {
            case Opcodes.GOTO -> {
                jumpsTo(label);
                endOfWay();
                return;
            }
            case Opcodes.IF_ICMPEQ,
                    Opcodes.IF_ICMPNE,
                    Opcodes.IF_ICMPLT,
                    Opcodes.IF_ICMPGE,
                    Opcodes.IF_ICMPGT,
                    Opcodes.IF_ICMPLE,
                    Opcodes.IF_ACMPEQ,
                    Opcodes.IF_ACMPNE -> frame.pop(2);
            default -> frame.pop(1);
        }
        jumpsTo(label);
    }

    @Override
    public void visitTableSwitchInsn(int min, int max, Label fallback, Label... labels) {
        jumpsToAll(fallback, labels);
    }

    @Override
    public void visitLookupSwitchInsn(Label fallback, int[] keys, Label[] labels) {
        jumpsToAll(fallback, labels);
    }

    private void jumpsToAll(Label fallback, Label... labels) {
        frame.pop(1);
        jumpsTo(fallback);
        for (Label label : labels) {
            jumpsTo(label);
        }
        endOfWay();
    }

    @Override
    public void visitLdcInsn(Object value) {
        boolean wide = value instanceof Long
                || value instanceof Double
                || (value instanceof ConstantDynamic constant && constant.getSize() == 2);
        frame.pushOthers(wide ? 2 : 1);
    }

    @Override
    public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
        frame.pop(dimensions);
        frame.pushOthers(1);
    }
}
