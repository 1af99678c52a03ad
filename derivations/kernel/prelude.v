(* What the scripts below use: lemmas on roots, logarithms and exponentials, and tactics for signs. No axioms. *)

Lemma ln_product a b A B : 0 < a -> 0 < b -> ln a = A -> ln b = B -> ln (a * b) = A + B.
Proof. intros; subst; now apply ln_mult. Qed.

Lemma ln_quotient a b A B : 0 < a -> 0 < b -> ln a = A -> ln b = B -> ln (a / b) = A - B.
Proof. intros; subst; unfold Rdiv; rewrite ln_mult, ln_Rinv; auto using Rinv_0_lt_compat; ring. Qed.

Lemma ln_whole_power a A n : 0 < a -> ln a = A -> ln (a ^ n) = INR n * A.
Proof.
  intros H E; subst; induction n as [| n IH]; [simpl; rewrite ln_1; ring |].
  rewrite S_INR; simpl pow; rewrite ln_mult, IH; auto using pow_lt; ring.
Qed.

Lemma ln_root a A : 0 < a -> ln a = A -> ln (sqrt a) = A / 2.
Proof.
  intros H E; subst; assert (P := sqrt_lt_R0 a H).
  assert (D : ln a = ln (sqrt a) + ln (sqrt a)) by (rewrite <- ln_mult, sqrt_sqrt; auto; lra).
  rewrite D; field.
Qed.

Lemma ln_exponential a : ln (exp a) = a.
Proof. apply ln_exp. Qed.

Lemma ln_one : ln 1 = 0.
Proof. apply ln_1. Qed.

Lemma ln_real_power a b A : ln a = A -> ln (Rpower a b) = b * A.
Proof. intros; subst; unfold Rpower; now rewrite ln_exp. Qed.

Lemma exp_from_ln a y : 0 < y -> ln y = a -> exp a = y.
Proof. intros H E; subst; now apply exp_ln. Qed.

Lemma power_from_ln a b y : 0 < y -> ln y = b * ln a -> Rpower a b = y.
Proof. intros H E; unfold Rpower; rewrite <- E; now apply exp_ln. Qed.

Lemma root_from_square a y : 0 <= y -> y * y = a -> sqrt a = y.
Proof. intros H E; subst; now apply sqrt_square. Qed.

Lemma exp_above a : 1 + a <= exp a.
Proof.
  destruct (Req_dec a 0) as [-> | H]; [rewrite exp_0; lra |]. apply Rlt_le, exp_ineq1, H.
Qed.

Lemma ln_below a : 0 < a -> ln a <= a - 1.
Proof. intros H; assert (E := exp_above (ln a)); rewrite exp_ln in E; lra. Qed.

Lemma ln_above a : 0 < a -> 1 - 1 / a <= ln a.
Proof.
  intros H; assert (E := ln_below (/ a) (Rinv_0_lt_compat a H)); rewrite ln_Rinv in E; auto.
  unfold Rdiv; lra.
Qed.

Lemma less_by_ln a b A B : 0 < a -> 0 < b -> ln a = A -> ln b = B -> A < B -> a < b.
Proof. intros; subst; now apply ln_lt_inv. Qed.

Lemma positive_difference a b : a < b -> 0 < b - a.
Proof. intros; lra. Qed.

Lemma at_most_by a b m : b - a = m -> 0 <= m -> a <= b.
Proof. intros; lra. Qed.

Lemma below_by a b m : b - a = m -> 0 < m -> a < b.
Proof. intros; lra. Qed.

Ltac ln_parts sign :=
  lazymatch goal with
  | |- ln (_ * _) = _ => eapply ln_product; [sign | sign | ln_parts sign | ln_parts sign]
  | |- ln (_ / _) = _ => eapply ln_quotient; [sign | sign | ln_parts sign | ln_parts sign]
  | |- ln (sqrt _) = _ => eapply ln_root; [sign | ln_parts sign]
  | |- ln (_ ^ _) = _ => eapply ln_whole_power; [sign | ln_parts sign]
  | |- ln (Rpower _ _) = _ => eapply ln_real_power; ln_parts sign
  | |- ln (exp _) = _ => apply ln_exponential
  | |- ln 1 = _ => apply ln_one
  | |- _ => reflexivity
  end.

Ltac sign_parts :=
  lazymatch goal with
  | |- 0 < _ * _ => apply Rmult_lt_0_compat; sign_goal
  | |- 0 < _ / _ => apply Rdiv_lt_0_compat; sign_goal
  | |- 0 < / _ => apply Rinv_0_lt_compat; sign_goal
  | |- 0 < _ ^ _ => apply pow_lt; sign_goal
  | |- 0 < sqrt _ => apply sqrt_lt_R0; sign_goal
  | |- 0 < exp _ => apply exp_pos
  | |- 0 < Rpower _ _ => apply exp_pos
  | |- 0 < PI => apply PI_RGT_0
  | |- 0 < ln _ => rewrite <- ln_1; apply ln_increasing; sign_goal
  | |- 0 < _ + _ => first [apply Rplus_lt_0_compat; sign_goal | apply Rplus_lt_le_0_compat; sign_goal | apply Rplus_le_lt_0_compat; sign_goal]
  | |- 0 <= _ ^ 2 => apply pow2_ge_0
  | |- 0 <= _ * _ => apply Rmult_le_pos; sign_goal
  | |- 0 <= _ / _ => apply Rmult_le_pos; [sign_goal | apply Rlt_le, Rinv_0_lt_compat; sign_goal]
  | |- 0 <= _ ^ _ => apply pow_le; sign_goal
  | |- 0 <= sqrt _ => apply sqrt_pos
  | |- 0 <= Rabs _ => apply Rabs_pos
  | |- 0 <= _ + _ => apply Rplus_le_le_0_compat; sign_goal
  | |- 0 <= _ => apply Rlt_le; sign_parts
  end
with by_logarithms :=
  lazymatch goal with
  | |- 0 < _ - _ =>
      apply positive_difference; eapply less_by_ln;
      [sign_goal | sign_goal | ln_parts sign_goal | ln_parts sign_goal | simpl INR; sign_goal]
  end
with sign_goal := first [assumption | solve [lra] | solve [sign_parts] | solve [nra] | solve [by_logarithms]].

Ltac sign_of_difference :=
  lazymatch goal with
  | |- ?a <> 0 => first [apply Rgt_not_eq; unfold Rgt; sign_goal
                        | apply Rlt_not_eq; apply Ropp_lt_cancel; rewrite Ropp_0; sign_goal
                        | intro; nra]
  | |- _ => sign_goal
  end.

Ltac signs := repeat split; sign_of_difference.

Ltac compare :=
  lazymatch goal with
  | |- exp _ < exp _ => apply exp_increasing; signs
  | |- sqrt _ < sqrt _ => apply sqrt_lt_1; signs
  | |- ln _ < ln _ => apply ln_increasing; signs
  end.

Ltac ln_step := ln_parts signs.
